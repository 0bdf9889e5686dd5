#!/bin/sh
# Unpacks Neovim from Debian into a folder of its own, with the C library that it was made for: the system stays as it
# is, and an older Debian runs a newer Neovim. FOLDER/nvim is the program.
#
#     install_neovim.sh FOLDER [SUITE]
#
# Exits with 75 where it cannot be had: no Debian, another machine, no network.
set -eu
folder=$1
suite=${2:-testing}
keyring=/usr/share/keyrings/debian-archive-keyring.gpg
loader=/usr/lib64/ld-linux-x86-64.so.2

unavailable() { echo "Neovim cannot be installed here: $1" >&2; exit 75; }

[ "$(uname -sm)" = "Linux x86_64" ] || unavailable "this is no Linux on x86_64"
command -v apt-get >/dev/null && [ -e "$keyring" ] || unavailable "there is no apt-get with Debian's keys"
[ -x "$folder/nvim" ] && exit 0

mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" "$folder/root"
folder=$(cd "$folder" && pwd)
: > "$folder/apt/status" # nothing counts as installed, so that all that it needs is fetched
sources=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true)
mirror=$(printf '%s\n' "$sources" | sed -nE 's/^URIs: *(http[^ ]*debian)\/?$/\1/p; s/^deb (\[[^]]*\] )?(http[^ ]*debian)\/? .*/\2/p' | head -n 1)
[ -n "$mirror" ] || unavailable "no mirror of Debian is set up"
echo "deb [signed-by=$keyring] $mirror $suite main" > "$folder/apt/sources.list"
apt() {
  apt-get -qq -o Dir::Etc::SourceList="$folder/apt/sources.list" -o Dir::Etc::SourceParts=- \
    -o Dir::State::Lists="$folder/apt/lists" -o Dir::State::Status="$folder/apt/status" \
    -o Dir::Cache="$folder/apt/cache" -o Debug::NoLocking=1 -o APT::Sandbox::User=root "$@"
}
apt update 2>/dev/null || unavailable "$mirror does not answer"
apt install --yes --no-install-recommends --download-only neovim
for package in "$folder"/apt/cache/archives/*.deb; do dpkg-deb --extract "$package" "$folder/root"; done

cat > "$folder/nvim" <<PROGRAM
#!/bin/sh
export VIMRUNTIME=$folder/root/usr/share/nvim/runtime
libraries=$folder/root/usr/lib/x86_64-linux-gnu:$folder/root/lib/x86_64-linux-gnu
exec $folder/root$loader --library-path "\$libraries" $folder/root/usr/bin/nvim "\$@"
PROGRAM
chmod +x "$folder/nvim"
"$folder/nvim" --version | head -n 1
