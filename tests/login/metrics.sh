#!/bin/sh
# Numbers for Prometheus: execguardctl metrics, and the alerts and the dashboard
# that read them.

# shellcheck source=tests/login/lib.sh
. "$(dirname "$0")/lib.sh"

PROM=$T/execguard.prom

policy 'policy "the \"first\"" {
	users = {"alice"}
	tpe { roots = {"/usr"} }
}'
copy alice /usr/bin/touch /home/alice/touch
start_sshd

# What a reader that is not ours makes of it: NAME POLICY MODE SERVICE VALUE.
read_metrics() {
	/usr/bin/python3 - "$1" <<'END'
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
with open(sys.argv[1]) as f:
    for family in text_string_to_metric_families(f.read()):
        assert family.type == 'gauge' and family.documentation, family
        for s in family.samples:
            print(s.name, s.labels.get('policy', '-'),
                  s.labels.get('mode', '-'), s.labels.get('service', '-'),
                  int(s.value), sep='|')
END
}

# is LINE: one of them.
is() {
	grep -qxF "$1" "$T/read"
}

it "is OpenMetrics, also when nobody is guarded"
run "$CTL" metrics
expect_status 0
expect 'it can be read' eval 'read_metrics "$stdout_file" >"$T/read"'
expect 'the policy is right' is 'execguard_policy_valid|-|-|-|1'
expect 'no session' [ "$(grep -c '^execguard_sessions' "$T/read")" = 0 ]

it "counts the sessions that run, by policy, whatever its name"
open_session alice
say 'exec 2>/dev/null; /home/alice/touch /home/alice/ran; echo rea""dy'
expect 'a shell' heard ready
expect_missing /home/alice/ran
run "$CTL" metrics -o "$PROM"
expect_status 0
expect_stdout ''
expect 'it can be read' eval 'read_metrics "$PROM" >"$T/read"'
expect 'one session' \
    is 'execguard_sessions|the "first"|enforce|execguard-sshd|1'
expect 'one refusal' \
    is 'execguard_session_denials|the "first"|enforce|execguard-sshd|1'
expect 'every guard' is 'execguard_guards_answer|-|-|-|1'
expect 'a file that everybody may read' [ "$(stat -c %a "$PROM")" = 644 ]

it "says that the next login would find a broken policy"
echo 'policy "x" { nonsense = 1 }' >/etc/execguard.d/broken.conf
run "$CTL" metrics -o "$PROM"
expect_status 0
expect 'it can be read' eval 'read_metrics "$PROM" >"$T/read"'
expect 'it is not right' is 'execguard_policy_valid|-|-|-|0'
rm /etc/execguard.d/broken.conf
say exit
close_session

it "leaves the file as it was when it cannot write"
run "$CTL" metrics -o "$T/nowhere/file"
expect_status 1
expect_stderr "$T/nowhere/file"

it "alerts and dashboard ask for what there is"
run "$CTL" metrics
sed -n 's/^# TYPE \([a-z_]*\) .*/\1/p' "$stdout_file" | sort >"$T/there"
for file in execguard.rules.yml dashboard.json; do
	grep -oE 'execguard_[a-z_]+' "conf/metrics/$file" | sort -u >"$T/asked"
	expect "something in $file" [ -s "$T/asked" ]
	expect "no other name in $file" [ -z "$(comm -13 "$T/there" "$T/asked")" ]
done
expect 'a dashboard' jq -e '.panels | length > 5' conf/metrics/dashboard.json \
    >/dev/null
expect 'rules' /usr/bin/python3 -c 'import yaml, sys
rules = yaml.safe_load(open("conf/metrics/execguard.rules.yml"))
for rule in rules["groups"][0]["rules"]:
    assert rule["alert"] and rule["expr"] and rule["annotations"]["summary"]'

done_testing
