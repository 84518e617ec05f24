# execguard: the whole build and every check.  GNU make, gcc or clang, Linux.
#
#   make                 build everything below $(B)
#   make check           every test tier that this user may run
#   make check-races     the race of R1 in ten runs of 10,000 rounds (root)
#   make fuzz T=60       each parser under libFuzzer for T seconds (clang)
#   make lint            format, floors, purity, exports, documents, analyzers
#   make demo            a guarded login, end to end, as a transcript (root)
#   make bench           what the guard costs, beside its peers (root);
#                        ROWS="spawn fork" ROUNDS=5 for some of it
#   make transparency    test suites of others, with a guard and without (root)
#   make install         DESTDIR, PREFIX; uninstall undoes it
#
#   SAN=1 builds with AddressSanitizer and UBSan, CC=clang with clang,
#   WERROR=1 makes warnings errors, and so does MUST_RUN=1 (CI).

PREFIX      ?= /usr
SBINDIR     ?= $(PREFIX)/sbin
LIBEXECDIR  ?= $(PREFIX)/libexec/execguard
SYSCONFDIR  ?= /etc
RUNDIR      ?= /run
MANDIR      ?= $(PREFIX)/share/man
DOCDIR      ?= $(PREFIX)/share/doc/execguard
SYSUSERSDIR ?= $(PREFIX)/lib/sysusers.d
BASHDIR     ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR      ?= $(firstword $(wildcard $(PREFIX)/share/zsh/vendor-completions) \
                 $(PREFIX)/share/zsh/site-functions)
FISHDIR     ?= $(PREFIX)/share/fish/vendor_completions.d
MULTIARCH   := $(shell $(CC) -print-multiarch 2>/dev/null)
PAMDIR      ?= $(firstword $(wildcard $(if $(MULTIARCH),/lib/$(MULTIARCH)/security \
                 /usr/lib/$(MULTIARCH)/security) /usr/lib64/security \
                 /lib64/security /usr/lib/security) /usr/lib/security)

comma := ,
B := build/$(notdir $(CC))$(if $(SAN),-san)

CFLAGS   ?= -O2 -g
WARN     := -Wall -Wextra -Wshadow -Wconversion -Wsign-conversion \
            -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wvla \
            -Wformat=2 -Wundef $(if $(WERROR)$(filter 1,$(MUST_RUN)),-Werror)
HARDEN   := -fstack-protector-strong $(if $(SAN),,-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
SANITIZE := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
ALL_CFLAGS = -std=c17 -D_GNU_SOURCE -I. -DGUARDD_PATH='"$(LIBEXECDIR)/guardd"' \
             -DCONF_PATH='"$(SYSCONFDIR)/execguard.d"' \
             -DRUN_PATH='"$(RUNDIR)/execguard"' $(WARN) $(HARDEN) $(CFLAGS)
RELRO    := -Wl,-z,relro,-z,now

# --- what there is, by name ---------------------------------------------
COMMON := common/algorithm.o common/fdpass.o common/io.o common/locked.o common/names.o \
          common/number.o common/text.o common/trusted.o common/wire.o
DIGEST := common/digest.o
RECORD := common/record.o
POLICY := policy/acl.o policy/debug.o policy/decide.o policy/elf.o \
          policy/elf_read.o policy/explain.o policy/fstype.o policy/ledger.o \
          policy/manifest.o policy/page.o policy/path.o policy/policy.o policy/select.o \
          policy/shebang.o policy/tagged.o policy/check/elf.o \
          policy/check/exec.o policy/check/integrity.o \
          policy/check/segvguard.o policy/check/tpe.o
PARSE  := policy/keyword.o policy/listed.o policy/parse.o policy/scan.o \
          policy/section.o policy/take.o policy/validate.o
GATE   := gate/enter.o gate/filter.o gate/groups.o gate/harden.o \
          gate/hypercall.o gate/launch.o
DOCTOR := cli/above.o cli/control.o cli/doctor.o cli/doctor_applications.o \
          cli/doctor_host.o cli/doctor_kernel.o cli/doctor_line.o \
          cli/doctor_pam.o cli/doctor_policy.o cli/doctor_processes.o \
          cli/doctor_sysctl.o cli/doctor_users.o cli/finding.o cli/lines.o \
          cli/pamd.o
KERNEL := guardd/kernel/abi.o guardd/kernel/auxv.o guardd/kernel/entry.o \
          guardd/kernel/image.o guardd/kernel/mapped.o guardd/kernel/maps.o \
          guardd/kernel/notify.o guardd/kernel/peek.o \
          guardd/kernel/privileges.o guardd/kernel/proc.o \
          guardd/kernel/resolve.o guardd/kernel/spawn.o guardd/kernel/sweep.o \
          guardd/kernel/target.o guardd/kernel/trace.o
GUARD  := guardd/ask.o guardd/attach.o guardd/collect.o guardd/confirm.o \
          guardd/contents.o guardd/control.o guardd/debuggers.o \
          guardd/enforce.o guardd/event.o guardd/explained.o \
          guardd/explanation.o guardd/folder.o guardd/ground.o guardd/guests.o \
          guardd/hypercall.o guardd/inspector.o guardd/journal.o \
          guardd/known.o guardd/latency.o guardd/libraries.o guardd/log.o \
          guardd/loop.o guardd/main.o guardd/newborn.o guardd/notice.o \
          guardd/options.o guardd/permit.o guardd/place.o guardd/refusals.o \
          guardd/reload.o guardd/report.o guardd/session.o guardd/shared.o \
          guardd/sink.o guardd/still.o guardd/tracee.o guardd/tracees.o \
          guardd/unconfirmed.o guardd/waiting.o guardd/watch.o \
          guardd/welcome.o
INSPECTOR := inspector/confine.o inspector/examine.o inspector/hashing.o \
          inspector/main.o
CLI    := cli/apply.o cli/chain.o cli/change.o cli/check.o cli/contents.o \
          cli/crashes.o cli/create.o cli/describe.o cli/diff.o cli/doubts.o \
          cli/enroll.o cli/events.o cli/explain.o cli/explained.o \
          cli/explanation.o cli/installed.o cli/interrupt.o cli/kept.o \
          cli/link.o cli/load.o cli/main.o cli/manifest.o cli/metrics.o \
          cli/moment.o cli/opening.o cli/output.o cli/permit.o cli/progress.o \
          cli/prove.o cli/reload.o cli/replace.o cli/run.o cli/sentence.o \
          cli/sessions.o cli/show.o cli/stack.o cli/start.o cli/table.o \
          cli/trial.o cli/verify.o cli/walk.o cli/who.o
MODULE := pam_module/options.o pam_module/pam_execguard.o
UNIT   := acl algorithm debug decide digest elf elf_bounds elf_check entry \
          integrity_check journal known ledger ledger_walk manifest maps names \
          number order page pamd parse path policy record refusals select \
          shebang span stack tagged text tpe tracee trusted wire wire_explain
ESCAPE_SOURCES := $(wildcard tests/escape/*.c)
KERNEL_TESTS   := $(wildcard tests/kernel/*.c)
ESCAPE := $(patsubst %.c,$(B)/%,$(ESCAPE_SOURCES))
FACTS  := $(patsubst %.c,$(B)/%,$(wildcard tests/login/*.c))

o = $(addprefix $(B)/,$(1))
pic = $(addprefix $(B)/pic/,$(1))

.PHONY: always all check check-unit check-module check-kernel check-escape \
        check-login check-transparency check-races lint demo bench \
        transparency fuzz install uninstall clean test-programs
all: $(B)/guardd/guardd $(B)/guardd/inspector $(B)/cli/execguardctl \
    $(B)/pam_module/pam_execguard.so

# --- four programs, four link lines -------------------------------------
$(B)/guardd/guardd: $(call o,$(GUARD) $(KERNEL) $(POLICY) $(PARSE) $(RECORD) $(COMMON))
	$(CC) $(SANITIZE) -pie $(RELRO) $(LDFLAGS) -o $@ $^ -lconfuse -ljansson

# Confined to a list of system calls that a sanitizer could not live with.
$(B)/guardd/inspector: $(call pic,$(INSPECTOR) $(DIGEST) $(POLICY) $(COMMON))
	@mkdir -p $(@D)
	$(CC) -pie $(RELRO) $(LDFLAGS) -o $@ $^ -lseccomp -lgcrypt

$(B)/cli/execguardctl: $(call o,$(CLI) $(DOCTOR) $(GATE) $(POLICY) $(PARSE) $(DIGEST) $(RECORD) $(COMMON))
	$(CC) $(SANITIZE) -pie $(RELRO) $(LDFLAGS) -o $@ $^ \
	    -lconfuse -lseccomp -lgcrypt -ljansson -lsmartcols -lpam

# The module is a guest in sshd: never sanitized, nothing exported but pam_sm_*.
$(B)/pam_module/pam_execguard.so: $(call pic,$(MODULE) $(GATE) $(COMMON)) \
    pam_module/pam_execguard.map
	@mkdir -p $(@D)
	$(CC) -shared $(RELRO) -Wl,-z,defs $(LDFLAGS) \
	    -Wl,--version-script=pam_module/pam_execguard.map \
	    -o $@ $(filter %.o,$^) -lpam -lseccomp

# The paths are compiled in: another PREFIX is another build.
PATHS := $(LIBEXECDIR) $(SYSCONFDIR) $(RUNDIR)
$(B)/paths: always
	@mkdir -p $(@D)
	@echo '$(PATHS)' | cmp -s - $@ || echo '$(PATHS)' >$@

$(B)/%.o: %.c $(B)/paths
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(SANITIZE) -fPIE -MMD -MP -c -o $@ $<

$(B)/pic/%.o: %.c $(B)/paths
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -fPIC -fvisibility=hidden -MMD -MP -c -o $@ $<

# --- tests -------------------------------------------------------------------
UNIT_PROGRAMS := $(patsubst %,$(B)/tests/unit/%_test,$(UNIT))
UNIT_UNDER_TEST := $(call o,$(POLICY) $(PARSE) $(COMMON) cli/control.o cli/lines.o cli/pamd.o cli/stack.o guardd/journal.o guardd/tracee.o guardd/known.o guardd/refusals.o \
    guardd/kernel/entry.o guardd/kernel/maps.o)

$(B)/tests/unit/%_test: $(B)/tests/unit/%_test.o $(UNIT_UNDER_TEST)
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ -lcmocka -lconfuse

$(B)/tests/unit/digest_test: $(call o,tests/unit/digest_test.o $(DIGEST) $(COMMON))
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ -lcmocka -lgcrypt

$(B)/tests/unit/record_test: $(call o,tests/unit/record_test.o $(RECORD) $(COMMON))
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ -lcmocka -ljansson

$(B)/tests/kernel/%: $(B)/tests/kernel/%.o $(call o,$(KERNEL) $(GATE) $(COMMON))
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ -lcmocka -lseccomp -lpthread

$(B)/tests/module/module_test: $(call o,tests/module/module_test.o \
    tests/module/application.o tests/module/fake.o tests/module/stage.o $(COMMON))
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ -lcmocka -lpam -lpthread

# tests/fuzz/NAME_fuzz.c is a harness; the objects and libraries that it needs.
FUZZ         := acl elf entry inspection manifest maps number path policy \
                shebang text wire
FUZZ_acl     := policy/acl.o
FUZZ_elf     := policy/elf.o policy/elf_read.o
FUZZ_entry   := guardd/kernel/entry.o
FUZZ_inspection :=
FUZZ_manifest := common/algorithm.o policy/manifest.o policy/tagged.o
FUZZ_maps    := guardd/kernel/maps.o
FUZZ_number  := common/names.o common/number.o policy/path.o policy/select.o
FUZZ_path    := policy/fstype.o policy/path.o policy/select.o policy/validate.o
FUZZ_policy  := $(PARSE) common/algorithm.o common/io.o common/number.o common/trusted.o \
                policy/fstype.o policy/manifest.o policy/tagged.o policy/path.o policy/policy.o \
                policy/select.o tests/fuzz/policy_print.o
FUZZ_shebang := policy/shebang.o
FUZZ_text    := common/text.o
FUZZ_wire    := common/wire.o
FUZZ_LIBS_policy := -lconfuse

# Its seeds go through it once, with any compiler: the tier `fuzz'.
.SECONDEXPANSION:
$(B)/tests/fuzz/%_replay: $(B)/tests/fuzz/%_fuzz.o $(B)/tests/fuzz/replay.o $(B)/common/io.o \
    $$(call o,$$(FUZZ_$$*))
	$(CC) $(SANITIZE) -pie $(LDFLAGS) -o $@ $^ $(FUZZ_LIBS_$*)

# libFuzzer comes with clang, and so do the sanitizers that it is run under.
FUZZ_CC    ?= clang
FUZZ_FLAGS := -fsanitize=fuzzer-no-link,address,undefined \
              -fno-sanitize-recover=undefined -fno-omit-frame-pointer
T ?= 60

build/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(FUZZ_CC) -std=c17 -D_GNU_SOURCE -I. $(WARN) -O1 -g $(FUZZ_FLAGS) -MMD -MP -c -o $@ $<

build/fuzz/%_fuzz: build/fuzz/obj/tests/fuzz/%_fuzz.o \
    $$(addprefix build/fuzz/obj/,$$(FUZZ_$$*))
	$(FUZZ_CC) $(subst fuzzer-no-link,fuzzer,$(FUZZ_FLAGS)) -o $@ $^ $(FUZZ_LIBS_$*)

fuzz: $(FUZZ:%=build/fuzz/%_fuzz)
	T=$(T) sh tests/fuzz/fuzz.sh $(FUZZ)

# An attack is one plain program: no sanitizer, no hardening of ours.
$(B)/tests/escape/%: tests/escape/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I. $(WARN) -O2 -g $(if $(findstring _32,$*),-m32) \
	    $(if $(findstring _static,$*),-static) -MMD -MP -o $@ $< -lpthread

# But one has the inspector's own confinement.
$(B)/tests/escape/confined: tests/escape/confined.c $(call pic,inspector/confine.o)
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I. $(WARN) -O2 -g -MMD -MP -o $@ $^ -lseccomp

# A program that says how a session looks from within is as plain.
$(B)/tests/login/%: tests/login/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I. $(WARN) -O2 -g \
	    $(if $(findstring _static,$*),-static) -MMD -MP -o $@ $< -lpthread

# A program that opens a session as systemd does.
$(B)/tests/login/manager: tests/login/manager.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I. $(WARN) -O2 -g -MMD -MP -o $@ $< -lpam

$(B)/tests/bench/%: tests/bench/%.c
	@mkdir -p $(@D)
	$(CC) -std=gnu17 -D_GNU_SOURCE -I. $(WARN) -O2 -g \
	    $(if $(findstring _static,$*),-static) -o $@ $< -lpthread

test-programs: $(UNIT_PROGRAMS) $(ESCAPE) $(FACTS) \
    $(B)/tests/module/module_test $(patsubst %.c,$(B)/%,$(KERNEL_TESTS)) \
    $(FUZZ:%=$(B)/tests/fuzz/%_replay)

check: all test-programs
	B=$(B) CC=$(CC) MAKE=$(MAKE) sh tests/run.sh

check-unit check-module check-kernel check-escape check-fuzz check-login \
check-transparency: all test-programs
	B=$(B) CC=$(CC) MAKE=$(MAKE) sh tests/run.sh $(@:check-%=%)

check-races: all test-programs
	B=$(B) FULL=1 timeout -k 20 1200 sh tests/escape/race.sh

lint:
	B=$(B) CC=$(CC) MAKE=$(MAKE) sh tests/lint/lint.sh

demo: all $(B)/tests/escape/race $(B)/tests/escape/forbidden
	B=$(B) sh tests/demo/demo.sh

bench: all $(B)/tests/bench/cost $(B)/tests/bench/nothing_static
	sh tests/bench/fetch.sh $(B)/bench
	B=$(B) ROWS="$(ROWS)" sh tests/bench/bench.sh

transparency: all
	B=$(B) sh tests/transparency/transparency.sh

# --- installation ------------------------------------------------------------
CONF := $(patsubst conf/%,%,$(shell find conf -type f ! -path '*/completion/*' | LC_ALL=C sort))

install: all
	install -D -m 0755 $(B)/guardd/guardd $(DESTDIR)$(LIBEXECDIR)/guardd
	install -D -m 0755 $(B)/guardd/inspector $(DESTDIR)$(LIBEXECDIR)/inspector
	install -D -m 0755 $(B)/cli/execguardctl $(DESTDIR)$(SBINDIR)/execguardctl
	install -D -m 0644 $(B)/pam_module/pam_execguard.so $(DESTDIR)$(PAMDIR)/pam_execguard.so
	install -d -m 0755 $(DESTDIR)$(SYSCONFDIR)/execguard.d
	for page in docs/man/*.[1-8]; do install -D -m 0644 $$page \
	    $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/} || exit 1; done
	install -D -m 0644 conf/execguard.sysusers $(DESTDIR)$(SYSUSERSDIR)/execguard.conf
	install -D -m 0644 conf/completion/execguardctl.bash $(DESTDIR)$(BASHDIR)/execguardctl
	install -D -m 0644 conf/completion/_execguardctl $(DESTDIR)$(ZSHDIR)/_execguardctl
	install -D -m 0644 conf/completion/execguardctl.fish $(DESTDIR)$(FISHDIR)/execguardctl.fish
	install -d $(DESTDIR)$(DOCDIR)
	install -m 0644 README.md SECURITY.md LICENSE $(DESTDIR)$(DOCDIR)
	for file in $(CONF); do install -D -m 0644 conf/$$file \
	    $(DESTDIR)$(DOCDIR)/examples/$$file || exit 1; done

uninstall:
	rm -f $(DESTDIR)$(LIBEXECDIR)/guardd $(DESTDIR)$(LIBEXECDIR)/inspector \
	    $(DESTDIR)$(SBINDIR)/execguardctl $(DESTDIR)$(PAMDIR)/pam_execguard.so \
	    $(DESTDIR)$(SYSUSERSDIR)/execguard.conf \
	    $(DESTDIR)$(BASHDIR)/execguardctl $(DESTDIR)$(ZSHDIR)/_execguardctl \
	    $(DESTDIR)$(FISHDIR)/execguardctl.fish
	for page in docs/man/*.[1-8]; do \
	    rm -f $(DESTDIR)$(MANDIR)/man$${page##*.}/$${page##*/}; done
	for file in README.md SECURITY.md LICENSE $(CONF:%=examples/%); do \
	    rm -f $(DESTDIR)$(DOCDIR)/$$file; done
	-find $(DESTDIR)$(DOCDIR) -depth -type d -empty -delete
	@echo 'uninstall: take pam_execguard.so out of every file in /etc/pam.d (execguardctl unenroll does, while it is there), or nobody can log in there'
	-rmdir $(DESTDIR)$(LIBEXECDIR) $(DESTDIR)$(SYSCONFDIR)/execguard.d

clean:
	rm -rf build

-include $(shell find $(B) build/fuzz/obj -name '*.d' 2>/dev/null)
