"""What the machine itself does to a number of CPU time.

A program that waits for something most of the time pays for each waking: what it needs is in no cache, and on a shared
host the kernel often counts as its own what the host gave to others. How much that is differs from minute to minute by
a factor of ten, so a benchmark says what it was.
"""
import statistics
import time


def _job():
    words = {}
    for i in range(600):
        words[i * 7919 % 997] = str(i)
    return len(words)


def _cost(pause, times):
    took = []
    for _ in range(times):
        time.sleep(pause)
        before = time.process_time_ns()
        _job()
        took.append((time.process_time_ns() - before) / 1000)
    return statistics.median(took)


def waking():
    """CPU time in us of one and the same small job when nothing came between two of them, and after 0.1 s of sleep."""
    return _cost(0, 300), _cost(0.1, 50)


def words():
    """A line for the end of a table."""
    hot, cold = waking()
    return f"The machine: a job of {hot:.0f} us takes {cold / hot:.1f} times as much CPU after 0.1 s of sleep."
