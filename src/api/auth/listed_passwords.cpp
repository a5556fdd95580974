#include <algorithm>
#include <string>
#include <unordered_set>

#include "api/auth/password.h"
#include "base/text.h"

// Every password of at least twelve bytes (shorter ones are refused anyway) among the 10 000 most common ones of two
// counts: 10k-most-common.txt (2011) and darkweb2017-top10000.txt of SecLists, folder Passwords/Common-Credentials,
// https://github.com/danielmiessler/SecLists, (c) Daniel Miessler, MIT licence. In small letters, between spaces.

namespace monitorix::api {
namespace {

constexpr std::string_view kListed = R"(
010203040506 111111111111 111222tianya 112233445566 123123123123 123321123321 123456123456 123456654321
1234567890-= 12345678900987654321 123456789123 123456789123456789 123456789987654321 123456789abc 123456789asd
123456789qwe 123456qwerty 123qwe123qwe 123qweasdzxc 1b78ef23aa2506f41feecfcc45b66038 1q2w3e4r5t6y 1q2w3e4r5t6y7u
1q2w3e4r5t6y7u8i 1q2w3e4r5t6y7u8i9o 1q2w3e4r5t6y7u8i9o0p 1qaz2wsx3edc 1qazxsw23edc 1й2ц3у4к
319f4d26e3c536b5dd871bb2c52e3178 5532361cnjqrf 7253497a5e31bd64 827ccb0eea8a706c4c34a16891f84e7b administrator
asdfghjkl123 asdfghjkl;&#39; b9399f21060d4b5fcb6d3cf5fea8de businessbabe contortionist
d41d8cd98f00b204e9800998ecf8427e dfg5fhg5vgfh1 e10adc3949ba59abbe56e057f20f883e films+pic+galeries finalfantasy
g13916055158 ichliebedich international jamesbond007 john!20130605at1753 justinbieber leavemealone maprchem56458
masterbaiting masterbating masturbation megaparol12345 motherfucker password1234 password12345 pe#5gz29ptzmse
playstation3 polniypizdec0211 polniypizdec1102 polniypizdec110211 pornographic professional projectsadminx
q1w2e3r4t5y6 qazwsxedc123 qazwsxedcrfv qweasdzxc123 qwegta13091990 qwerasdfzxcv qwerty123456 qwertyqwerty
qwertyuiop12 qwertyuiop123 qwertyuiop[] scandinavian seniseviyorum sojdlg123aljg sonyericsson startfinding
telechargement temppassword unbelievable yfdbufnjh10305070 zxcasdqwe123 александр алексей анастасия андрей
виктория екатерина йцукен йцукенгшщз йцукенгшщзхъ какашка кристина любимая любимый любовь максим малышка мамочка
марина наташа никита пароль привет ромашка светлана сергей солнце солнышко ячсмит ячсмить
)";

std::unordered_set<std::string_view> read_list() {
  std::unordered_set<std::string_view> out;
  for (std::size_t at = 0; at < kListed.size();) {
    const auto end = std::min(kListed.find_first_of(" \n", at), kListed.size());
    if (end > at) out.insert(kListed.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

bool is_listed_password(std::string_view password) {
  static const auto kList = read_list();
  return kList.contains(lower_ascii(password));
}

}  // namespace monitorix::api
