#!/usr/bin/env bash
# build/package/monitorix_VERSION_ARCH.deb from what `./dev build` left and deploy/debian.
set -euo pipefail
cd "$(dirname "$0")/../.."
version=$(sed -n 's/^project(monitorix VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
architecture=$(dpkg --print-architecture)
room=build/package
tree=$room/tree
name=$room/monitorix_${version}_$architecture.deb

rm -rf "$room"
install -D -m 0755 build/release/monitorix "$tree/usr/bin/monitorix"
strip "$tree/usr/bin/monitorix"
install -D -m 0644 deploy/systemd/monitorix.service "$tree/lib/systemd/system/monitorix.service"
install -D -m 0640 deploy/debian/monitorix.toml "$tree/etc/monitorix/monitorix.toml"
install -D -m 0600 deploy/debian/default "$tree/etc/default/monitorix"
mkdir -p "$tree/usr/share/monitorix" "$tree/usr/share/doc/monitorix" "$tree/DEBIAN"
cp -r web/dist "$tree/usr/share/monitorix/web"
rm -f "$tree/usr/share/monitorix/web/.stamp"
cp -r docs/guide "$tree/usr/share/doc/monitorix/guide"
cp -r deploy/proxy "$tree/usr/share/doc/monitorix/proxy"
install -m 0644 LICENSE "$tree/usr/share/doc/monitorix/copyright"
gzip -9nc CHANGELOG.md >"$tree/usr/share/doc/monitorix/changelog.gz"
find "$tree/usr/share" -type d -exec chmod 0755 {} + -o -type f -exec chmod 0644 {} +

install -m 0755 deploy/debian/{postinst,prerm,postrm} "$tree/DEBIAN/"
install -m 0644 deploy/debian/conffiles "$tree/DEBIAN/conffiles"
mkdir "$room/debian" # dpkg-shlibdeps asks for the source package's control file where it stands
cp deploy/debian/control "$room/debian/control"
libraries=$(cd "$room" && dpkg-shlibdeps -O tree/usr/bin/monitorix 2>/dev/null | sed -n 's/^shlibs:Depends=//p')
{
  echo "Package: monitorix"
  echo "Version: $version"
  echo "Architecture: $architecture"
  echo "Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)"
  sed -n '/^Package:/,$p' deploy/debian/control | grep -vE '^(Package|Architecture):' | sed "s/\${shlibs:Depends}/$libraries/"
  grep -E '^(Section|Priority|Maintainer):' deploy/debian/control
} >"$tree/DEBIAN/control"
# Description, the only field of several lines, has to come last.
awk '/^Description:/{inside=1} inside && /^[A-Z]/ && !/^Description:/{inside=0} {if (inside) d = d $0 "\n"; else print} END{printf "%s", d}' \
  "$tree/DEBIAN/control" >"$room/control" && mv "$room/control" "$tree/DEBIAN/control"
dpkg-deb --root-owner-group --build "$tree" "$name" >/dev/null
echo "$name"
