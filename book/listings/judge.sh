#!/bin/sh
# judge.sh PACK LAB    returned/WHO/main.rs -> judged/WHO.txt, judged/WHO.jsonl
set -eu
pack=$1 lab=$2 here=$PWD
unset CARGO_TARGET_DIR
mkdir -p programs judged
[ -d checker ] || cp -R "$pack" checker
[ -d builder ] || cp -R "$pack" builder

test=$(printf %s "$lab" | tr - _)
check=$(cd checker &&
  cargo test --quiet --locked --package "$lab" --test "$test" --no-run --message-format json |
  sed -n '/"kind":\["test"\]/s|.*"executable":"\([^"]*\)".*|\1|p')

sandbox() {
  bwrap --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 \
    --proc /proc --dev /dev --tmpfs /tmp --unshare-all --die-with-parent --new-session --clearenv "$@"
}
if sandbox true 2> /dev/null; then isolated=isolated; else isolated=NOT-ISOLATED; fi

run() {
  if [ $isolated = isolated ]; then
    sandbox --ro-bind "$here/checker" "$here/checker" --ro-bind "$1" /program --bind "$2" /record \
      --setenv LAB_BIN /program --setenv LAB_RECORD /record --setenv LAB_LANG "${LAB_LANG:-en}" \
      timeout 120 "$check"
  else
    LAB_BIN=$1 LAB_RECORD=$2 timeout 120 "$check"
  fi
}

for main in returned/*/main.rs; do
  who=$(basename "$(dirname "$main")")
  program=$here/programs/$who report=$here/judged/$who.txt record=$here/judged/$who.jsonl
  rm -f "$program" "$report"
  : > "$record"
  cat "$main" > "builder/$lab/src/main.rs"
  if (cd builder && timeout 300 cargo build --quiet --locked --package "$lab") 2> "$report"; then
    cp "builder/target/debug/$lab" "$program"
    code=0
    run "$program" "$record" > "$report" 2>&1 < /dev/null || code=$?
  else
    code=build
  fi
  echo "$who $code $(grep -c '"verdict":"pass"' "$record" || true) $isolated"
done
