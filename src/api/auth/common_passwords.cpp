#include <algorithm>
#include <array>
#include <string>

#include "api/auth/password.h"
#include "base/text.h"

// Twelve bytes at least are asked for, so the short common ones never arrive; what arrives are the long forms that
// people make of them. Hence words and ways of stretching them instead of a list of finished passwords.

namespace monitorix::api {
namespace {

constexpr auto kWords = std::to_array<std::string_view>({"password",
                                                         "passwort",
                                                         "passord",
                                                         "losenord",
                                                         "salasana",
                                                         "adgangskode",
                                                         "motdepasse",
                                                         "kennwort",
                                                         "passphrase",
                                                         "secret",
                                                         "welcome",
                                                         "velkommen",
                                                         "willkommen",
                                                         "bienvenue",
                                                         "letmein",
                                                         "iloveyou",
                                                         "changeme",
                                                         "changeit",
                                                         "default",
                                                         "admin",
                                                         "administrator",
                                                         "root",
                                                         "superuser",
                                                         "user",
                                                         "username",
                                                         "login",
                                                         "guest",
                                                         "test",
                                                         "testing",
                                                         "demo",
                                                         "temp",
                                                         "temporary",
                                                         "qwerty",
                                                         "qwertz",
                                                         "azerty",
                                                         "qwertyuiop",
                                                         "asdfghjkl",
                                                         "zxcvbnm",
                                                         "asdf",
                                                         "qazwsx",
                                                         "qazwsxedc",
                                                         "monkey",
                                                         "dragon",
                                                         "football",
                                                         "baseball",
                                                         "basketball",
                                                         "soccer",
                                                         "hockey",
                                                         "master",
                                                         "shadow",
                                                         "sunshine",
                                                         "princess",
                                                         "superman",
                                                         "batman",
                                                         "spiderman",
                                                         "pokemon",
                                                         "starwars",
                                                         "trustno",
                                                         "michael",
                                                         "jennifer",
                                                         "jessica",
                                                         "ashley",
                                                         "charlie",
                                                         "jordan",
                                                         "michelle",
                                                         "daniel",
                                                         "andrew",
                                                         "joshua",
                                                         "matthew",
                                                         "thomas",
                                                         "anthony",
                                                         "nicole",
                                                         "summer",
                                                         "winter",
                                                         "spring",
                                                         "autumn",
                                                         "sommer",
                                                         "january",
                                                         "february",
                                                         "december",
                                                         "november",
                                                         "october",
                                                         "september",
                                                         "august",
                                                         "monday",
                                                         "friday",
                                                         "sunday",
                                                         "computer",
                                                         "internet",
                                                         "server",
                                                         "network",
                                                         "system",
                                                         "windows",
                                                         "microsoft",
                                                         "google",
                                                         "facebook",
                                                         "samsung",
                                                         "apple",
                                                         "linux",
                                                         "debian",
                                                         "ubuntu",
                                                         "proxmox",
                                                         "monitorix",
                                                         "monitor",
                                                         "monitoring",
                                                         "homelab",
                                                         "virtual",
                                                         "cluster",
                                                         "datacenter",
                                                         "hypervisor",
                                                         "backup",
                                                         "database",
                                                         "oracle",
                                                         "mysql",
                                                         "postgres",
                                                         "postgresql",
                                                         "mariadb",
                                                         "sqlite",
                                                         "docker",
                                                         "kubernetes",
                                                         "freedom",
                                                         "whatever",
                                                         "nothing",
                                                         "hello",
                                                         "helloworld",
                                                         "goodbye",
                                                         "flower",
                                                         "butterfly",
                                                         "chocolate",
                                                         "cheese",
                                                         "banana",
                                                         "orange",
                                                         "purple",
                                                         "yellow",
                                                         "silver",
                                                         "golden",
                                                         "diamond",
                                                         "ginger",
                                                         "pepper",
                                                         "cookie",
                                                         "peanut",
                                                         "buster",
                                                         "tigger",
                                                         "bailey",
                                                         "maggie",
                                                         "killer",
                                                         "hunter",
                                                         "ranger",
                                                         "harley",
                                                         "mustang",
                                                         "corvette",
                                                         "ferrari",
                                                         "porsche",
                                                         "mercedes",
                                                         "yamaha",
                                                         "guitar",
                                                         "player",
                                                         "gamer",
                                                         "gaming",
                                                         "minecraft",
                                                         "fortnite",
                                                         "warcraft",
                                                         "naruto",
                                                         "pikachu",
                                                         "liverpool",
                                                         "arsenal",
                                                         "chelsea",
                                                         "barcelona",
                                                         "realmadrid",
                                                         "juventus",
                                                         "manchester",
                                                         "london",
                                                         "paris",
                                                         "berlin",
                                                         "oslo",
                                                         "bergen",
                                                         "stockholm",
                                                         "helsinki",
                                                         "copenhagen",
                                                         "kobenhavn",
                                                         "norway",
                                                         "norge",
                                                         "sweden",
                                                         "sverige",
                                                         "denmark",
                                                         "danmark",
                                                         "finland",
                                                         "suomi",
                                                         "france",
                                                         "germany",
                                                         "deutschland",
                                                         "america",
                                                         "australia",
                                                         "canada",
                                                         "england",
                                                         "jesus",
                                                         "jesuschrist",
                                                         "christ",
                                                         "heaven",
                                                         "angel",
                                                         "blessed",
                                                         "faith",
                                                         "family",
                                                         "mother",
                                                         "father",
                                                         "brother",
                                                         "sister",
                                                         "forever",
                                                         "loveyou",
                                                         "mylove",
                                                         "lovely",
                                                         "babygirl",
                                                         "sweetheart",
                                                         "darling",
                                                         "friend",
                                                         "friends",
                                                         "company",
                                                         "office",
                                                         "business",
                                                         "security",
                                                         "access",
                                                         "private",
                                                         "public",
                                                         "service",
                                                         "manager",
                                                         "support",
                                                         "helpdesk",
                                                         "operator",
                                                         "viewer",
                                                         "editor",
                                                         "student",
                                                         "teacher",
                                                         "correcthorsebatterystaple",
                                                         "thisisapassword",
                                                         "mypassword",
                                                         "newpassword",
                                                         "yourpassword",
                                                         "nopassword",
                                                         "passwordpassword",
                                                         "adminadmin",
                                                         "rootroot",
                                                         "abc",
                                                         "abcd",
                                                         "abcde",
                                                         "abcdef",
                                                         "abcdefgh",
                                                         "xyz",
                                                         "unbelievable",
                                                         "international",
                                                         "professional",
                                                         "leavemealone",
                                                         "пароль",
                                                         "привет",
                                                         "йцукен",
                                                         "йцукенгшщз",
                                                         "любовь",
                                                         "солнышко"});

constexpr auto kRuns =
    std::to_array<std::string_view>({"01234567890123456789012345678901234567890123456789012345678901234567890123",
                                     "09876543210987654321098765432109876543210987654321098765432109876543210987",
                                     "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                                     "zyxwvutsrqponmlkjihgfedcba",
                                     "qwertyuiopasdfghjklzxcvbnm",
                                     "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
                                     "qwertzuiopasdfghjklyxcvbnm",
                                     "azertyuiopqsdfghjklmwxcvbn",
                                     "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
                                     "1q2w3e4r5t6y7u8i9o0p",
                                     "q1w2e3r4t5y6u7i8o9p0",
                                     "qazwsxedcrfvtgbyhnujmikolp",
                                     "1234567890-=qwertyuiop",
                                     "1234567890qwertyuiop",
                                     "!@#$%^&*()_+",
                                     "a1b2c3d4e5f6g7h8i9j0",
                                     "123qweasdzxc",
                                     "qweasdzxc123",
                                     "112233445566778899",
                                     "11223344556677889900",
                                     "1a2b3c4d5e6f7g8h9i",
                                     "password1234567890",
                                     "13579246801357924680"});

std::string plain_letters(std::string text) {
  for (auto& c : text) switch (c) {
      case '0': c = 'o'; break;
      case '1':
      case '!': c = 'i'; break;
      case '3': c = 'e'; break;
      case '4':
      case '@': c = 'a'; break;
      case '5':
      case '$': c = 's'; break;
      case '7': c = 't'; break;
      default: break;
    }
  return text;
}

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

/// "!!Password-2024!" -> "password"
std::string core_of(const std::string& text) {
  const auto first = std::ranges::find_if(text, is_letter);
  const auto last = std::find_if(text.rbegin(), text.rend(), is_letter).base();
  return first < last ? std::string(first, last) : std::string{};
}

bool is_made_of_words(std::string_view rest) {
  if (rest.empty()) return true;
  return std::ranges::any_of(kWords, [&](std::string_view word) {
    return rest.starts_with(word) && (rest.size() == word.size() || rest.substr(word.size()) == word);
  });
}

/// A short piece over and over: "abcabcabcabc", "aaaaaaaaaaaa", "123qwe123qwe".
bool is_repetition(std::string_view text) {
  for (std::size_t period = 1; period <= 6 && period * 2 <= text.size(); ++period)
    if (std::ranges::equal(text.substr(period), text.substr(0, text.size() - period))) return true;
  return false;
}

}  // namespace

bool is_common_password(std::string_view password) {
  const auto text = lower_ascii(password);
  if (is_repetition(text) || is_made_of_words(text)) return true;
  for (const auto run : kRuns)
    if (run.find(text) != std::string_view::npos || text.starts_with(run)) return true;
  const auto core = core_of(text);
  const auto letters = static_cast<std::size_t>(std::ranges::count_if(text, is_letter));
  // Digits and signs alone, or around a common word, are what every list of guesses begins with.
  if (letters == 0) return text.find_first_not_of("0123456789") == std::string::npos;
  if (is_made_of_words(core)) return true;
  const auto read = plain_letters(text);
  return is_made_of_words(core_of(read)) || is_made_of_words(plain_letters(core));
}

}  // namespace monitorix::api
