#include "harness/cmd/completion.h"

#include <string.h>

/* What follows an option. */
enum value { VALUE_NONE, VALUE_CHOICE, VALUE_FILE, VALUE_FOLDER, VALUE_OTHER };

static const char *placeholder_of(const struct option_def *def)
{
	const char *name = def->placeholder ? def->placeholder : def->type->placeholder;

	return name ? name : "VALUE";
}

static enum value value_of(const struct option_def *def)
{
	const char *name = placeholder_of(def);

	if (def->type == &option_flag)
		return VALUE_NONE;
	if (def->choices)
		return VALUE_CHOICE;
	if (strcmp(name, "FOLDER") == 0 || strcmp(name, "DIR") == 0)
		return VALUE_FOLDER;
	return strstr(name, "FILE") ? VALUE_FILE : VALUE_OTHER;
}

/* Whether a command's operands are runs. */
static bool reads_runs(const struct command *command)
{
	return strncmp(command->operands, "RUN", 3) == 0 || strncmp(command->operands, "BASE", 4) == 0;
}

/* Text in a word in single quotes; `escaped` are characters that get a backslash besides. */
static void quoted_put(const char *text, const char *quote, const char *escaped, FILE *out)
{
	for (; *text; text++)
		if (*text == '\'')
			fputs(quote, out);
		else
			fprintf(out, strchr(escaped, *text) ? "\\%c" : "%c", *text);
}

static void choices_put(const struct option_def *def, FILE *out)
{
	for (int i = 0; def->choices[i]; i++)
		fprintf(out, "%s%s", i ? " " : "", def->choices[i]);
}

static void names_put(const struct command *const *commands, FILE *out)
{
	for (const struct command *const *command = commands; *command; command++)
		fprintf(out, "%s%s", command == commands ? "" : " ", (*command)->name);
}

/* bash: complete -F (bash(1), Programmable Completion). */

static void bash_values(const struct command *command, FILE *out)
{
	static const char *const actions[] = {
		[VALUE_NONE] = NULL,
		[VALUE_CHOICE] = NULL,
		[VALUE_FILE] = "compgen -f -- \"$word\"",
		[VALUE_FOLDER] = "compgen -d -- \"$word\"",
		[VALUE_OTHER] = "",
	};

	fprintf(out, "\t\t%s) options='", command->name);
	for (const struct option_def *def = command->options; def->name; def++)
		fprintf(out, "--%s ", def->name);
	fputs("'\n\t\t\tcase $before in\n", out);
	for (const struct option_def *def = command->options; def->name; def++) {
		enum value value = value_of(def);
		if (value == VALUE_NONE)
			continue;
		fprintf(out, "\t\t\t--%s", def->name);
		if (def->letter)
			fprintf(out, "|-%c", def->letter);
		fputs(") ", out);
		if (value == VALUE_CHOICE) {
			fputs("COMPREPLY=($(compgen -W '", out);
			choices_put(def, out);
			fputs("' -- \"$word\")); ", out);
		} else if (*actions[value]) {
			fprintf(out, "compopt -o filenames; mapfile -t COMPREPLY < <(%s); ", actions[value]);
		}
		fputs("return ;;\n", out);
	}
	fprintf(out, "\t\t\tesac\n\t\t\truns=%s ;;\n", reads_runs(command) ? "yes" : "");
}

static void bash_print(const struct command *const *commands, FILE *out)
{
	fputs("# bash completion for benchctl, made by: benchctl help --completion bash\n"
	      "_benchctl()\n{\n"
	      "\tlocal word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} options='' runs='' found\n"
	      "\tCOMPREPLY=()\n"
	      "\tif [ \"$COMP_CWORD\" = 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '",
	      out);
	names_put(commands, out);
	fputs("' -- \"$word\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n", out);
	for (const struct command *const *command = commands; *command; command++)
		bash_values(*command, out);
	fputs("\tesac\n"
	      "\tcase $word in\n"
	      "\t-*) COMPREPLY=($(compgen -W \"$options\" -- \"$word\")) ;;\n"
	      "\t*)\tcompopt -o filenames\n"
	      "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	      "\t\tif [ \"$runs\" ]; then\n"
	      "\t\t\tfor found in results/*/run.json; do\n"
	      "\t\t\t\tfound=${found%/run.json} found=${found#results/}\n"
	      "\t\t\t\tcase $found in '*') ;; \"$word\"*) COMPREPLY+=(\"$found\") ;; esac\n"
	      "\t\t\tdone\n"
	      "\t\t\tcase latest in \"$word\"*) COMPREPLY+=(latest) ;; esac\n"
	      "\t\tfi ;;\n"
	      "\tesac\n}\ncomplete -F _benchctl benchctl\n",
	      out);
}

/* zsh: _arguments (zshcompsys(1)). */

static void zsh_option(const struct option_def *def, FILE *out)
{
	enum value value = value_of(def);
	static const char *const actions[] = {
		[VALUE_NONE] = "",   [VALUE_CHOICE] = "", [VALUE_FILE] = "_files", [VALUE_FOLDER] = "_files -/",
		[VALUE_OTHER] = " ",
	};

	for (int is_long = def->letter == 0; is_long < 2; is_long++) {
		bool many = def->type == &option_texts;
		fputs("\t\t'", out);
		fputs(many ? "*" : "", out);
		if (is_long)
			fprintf(out, "--%s%s", def->name, value == VALUE_NONE ? "" : "=");
		else
			fprintf(out, "-%c%s", def->letter, value == VALUE_NONE ? "" : "+");
		fputs("[", out);
		quoted_put(def->help, "'\\''", "[]\\", out);
		fputs("]", out);
		if (value != VALUE_NONE) {
			fputs(":", out);
			quoted_put(placeholder_of(def), "'\\''", ":", out);
			fprintf(out, ":%s", actions[value]);
		}
		if (value == VALUE_CHOICE) {
			fputs("(", out);
			choices_put(def, out);
			fputs(")", out);
		}
		fputs("' \\\n", out);
	}
}

static void zsh_print(const struct command *const *commands, FILE *out)
{
	fputs("#compdef benchctl\n"
	      "# zsh completion for benchctl, made by: benchctl help --completion zsh\n"
	      "_benchctl_runs()\n{\n"
	      "\tlocal -a runs=(results/*/run.json(N:h:t) latest)\n"
	      "\t_alternative 'runs:run:compadd -a runs' 'files:file:_files'\n}\n\n"
	      "_benchctl()\n{\n"
	      "\tlocal -a commands=(\n",
	      out);
	for (const struct command *const *command = commands; *command; command++) {
		fprintf(out, "\t\t'%s:", (*command)->name);
		quoted_put((*command)->summary, "'\\''", ":", out);
		fputs("'\n", out);
	}
	fputs("\t)\n"
	      "\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n"
	      "\tlocal command=$words[2]\n"
	      "\tshift words\n\t(( CURRENT-- ))\n"
	      "\tcase $command in\n",
	      out);
	for (const struct command *const *command = commands; *command; command++) {
		fprintf(out, "\t%s) _arguments -s \\\n", (*command)->name);
		for (const struct option_def *def = (*command)->options; def->name; def++)
			zsh_option(def, out);
		fprintf(out, "\t\t'*:operand:%s' ;;\n", reads_runs(*command) ? "_benchctl_runs" : "_files");
	}
	fputs("\tesac\n}\n\n_benchctl \"$@\"\n", out);
}

/* fish: complete (fish-doc, complete). */

static void fish_option(const char *command, const struct option_def *def, FILE *out)
{
	static const char *const actions[] = {
		[VALUE_NONE] = "",       [VALUE_CHOICE] = " -x",
		[VALUE_FILE] = " -r -F", [VALUE_FOLDER] = " -x -a '(__fish_complete_directories)'",
		[VALUE_OTHER] = " -x",
	};
	enum value value = value_of(def);

	fprintf(out, "complete -c benchctl -n '__fish_seen_subcommand_from %s' -l %s", command, def->name);
	if (def->letter)
		fprintf(out, " -s %c", def->letter);
	fputs(actions[value], out);
	if (value == VALUE_CHOICE) {
		fputs(" -a '", out);
		choices_put(def, out);
		fputs("'", out);
	}
	fputs(" -d '", out);
	quoted_put(def->help, "\\'", "\\", out);
	fputs("'\n", out);
}

static void fish_print(const struct command *const *commands, FILE *out)
{
	fputs("# fish completion for benchctl, made by: benchctl help --completion fish\n"
	      "function __benchctl_runs\n"
	      "\tfor run in results/*/run.json\n\t\tbasename (dirname $run)\n\tend\n\techo latest\nend\n",
	      out);
	for (const struct command *const *command = commands; *command; command++) {
		fprintf(out, "complete -c benchctl -n __fish_use_subcommand -f -a %s -d '", (*command)->name);
		quoted_put((*command)->summary, "\\'", "\\", out);
		fputs("'\n", out);
		for (const struct option_def *def = (*command)->options; def->name; def++)
			fish_option((*command)->name, def, out);
		if (reads_runs(*command))
			fprintf(out,
				"complete -c benchctl -n '__fish_seen_subcommand_from %s' -a '(__benchctl_runs)' -d run\n",
				(*command)->name);
	}
}

void completion_print(const struct command *const *commands, enum completion_shell shell, FILE *out)
{
	static void (*const prints[])(const struct command *const *, FILE *) = {
		[COMPLETION_BASH] = bash_print,
		[COMPLETION_ZSH] = zsh_print,
		[COMPLETION_FISH] = fish_print,
	};

	prints[shell](commands, out);
}
