# What is installed where, packages and releases.
#
#   PREFIX/bin/benchctl              the program; it finds the rest relative to itself, so that PREFIX can be moved
#   PREFIX/lib/benchctl/             bench.conf and the servers (those that are built), templates, ci/
#   PREFIX/share/doc/benchctl/       docs
#   PREFIX/share/man/man1/           benchctl(1), and a page of each command
#   PREFIX/share/bash-completion/completions, zsh/site-functions, fish/vendor_completions.d

.PHONY: install uninstall deb dist

INTO = $(DESTDIR)$(PREFIX)
DATA = $(INTO)/lib/benchctl
PAGES = $(INTO)/share/man/man1
BASH_COMPLETIONS = $(INTO)/share/bash-completion/completions
ZSH_COMPLETIONS = $(INTO)/share/zsh/$(ZSH_FOLDER)
ZSH_FOLDER ?= site-functions
FISH_COMPLETIONS = $(INTO)/share/fish/vendor_completions.d
COMMANDS = $(shell $(PROGRAM) help | sed -n 's/^  \([a-z]\{1,\}\) .*/\1/p')
# The servers' files that are needed at run time: no caches, no sources of compiled servers.
SERVER_FILES = $(shell find servers -type f ! -path '*/__pycache__/*' ! -path '*/node_modules/*' ! -name '*.[ch]' ! -name '*.cc' \
	! -name '*.rs' ! -name '*.toml' ! -name '*.go' ! -name 'go.mod' ! -name '*.mk' ! -path 'servers/originals/*')
DOCUMENTS = README.md CHANGELOG.md LICENSE $(wildcard docs/*.md docs/*.json docs/*.svg)

install: all
	install -d $(INTO)/bin $(PAGES) $(DATA)/build/servers $(INTO)/share/doc/benchctl \
		$(BASH_COMPLETIONS) $(ZSH_COMPLETIONS) $(FISH_COMPLETIONS)
	install -m 755 $(PROGRAM) $(INTO)/bin/benchctl
	install -m 644 bench.conf $(DATA)/bench.conf
	cp -R --parents ci templates $(SERVER_FILES) $(DATA)/
	for server in $(SERVERS); do \
		[ ! -f build/servers/$$server ] || install -m 755 build/servers/$$server $(DATA)/build/servers/$$server || exit; done
	install -m 644 $(DOCUMENTS) $(INTO)/share/doc/benchctl/
	install -m 644 docs/benchctl.1 $(PAGES)/benchctl.1
	for command in $(COMMANDS); do $(PROGRAM) help --man $$command >$(PAGES)/benchctl-$$command.1 || exit; done
	$(PROGRAM) help --completion bash >$(BASH_COMPLETIONS)/benchctl
	$(PROGRAM) help --completion zsh >$(ZSH_COMPLETIONS)/_benchctl
	$(PROGRAM) help --completion fish >$(FISH_COMPLETIONS)/benchctl.fish

uninstall:
	rm -rf $(DATA) $(INTO)/share/doc/benchctl
	rm -f $(INTO)/bin/benchctl $(PAGES)/benchctl.1 $(PAGES)/benchctl-*.1 $(BASH_COMPLETIONS)/benchctl \
		$(ZSH_COMPLETIONS)/_benchctl $(FISH_COMPLETIONS)/benchctl.fish

deb: all
	packaging/deb $(VERSION)

# From the commit alone, so that anyone who makes it from that commit gets the same bytes.
DIST = benchctl-$(VERSION)
dist:
	mkdir -p build
	git archive --format=tar --prefix=$(DIST)/ --add-virtual-file=$(DIST)/VERSION:$(VERSION) \
		--add-virtual-file=$(DIST)/COMMIT:$$(git rev-parse --short=7 HEAD) HEAD | gzip -9n >build/$(DIST).tar.gz
	cd build && sha256sum $(DIST).tar.gz
