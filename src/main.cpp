#include "app/line/program.h"

int main(int argc, char** argv) { return monitorix::app::run_program(argc, argv); }
