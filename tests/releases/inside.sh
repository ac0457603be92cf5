# sh inside.sh ROOT DATA DOOR: become a Docker engine that lives in ROOT, keeps its data in DATA and listens in DOOR.
# To be started in mount and network namespaces of its own. The root is changed by pivot_root, because BuildKit mounts
# "/" anew, which a chroot refuses.
set -eu
root=$1 data=$2 door=$3
mount --make-rprivate /
mount --bind "$root" "$root"
for folder in proc sys dev; do mount --rbind "/$folder" "$root/$folder"; done
mkdir -p "$root/var/lib/docker" "$root/old"
mount --bind "$data" "$root/var/lib/docker"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root$door"
mount --bind "$door" "$root$door"
rm -f "$root/etc/resolv.conf"
echo "nameserver 127.0.0.1" >"$root/etc/resolv.conf" # refuses at once; one that can't be reached keeps programs waiting
cd "$root"
pivot_root . old
umount -l /old
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
ip link set lo up
exec dockerd --host "unix://$door/docker.sock" --config-file "$door/daemon.json"
