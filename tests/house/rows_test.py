#!/usr/bin/python3
"""A row of a table of fields (harness/lib/field.h) whose kind is not that of the member it names does not compile. Prints TAP."""
import os
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
from helper import tap
from helper.program import ROOT

COMPILE = [*os.environ.get('CC', 'cc').split(), '-std=gnu11', '-fms-extensions', '-D_GNU_SOURCE', '-fsyntax-only',
           '-w', '-fmax-errors=0' if 'clang' not in os.environ.get('CC', 'cc') else '-ferror-limit=0']
# Where the measured figures stand, and which file to compile for each.
TABLES = [('clients/figures.def', 'clients/figures.c'), ('harness/record/cell.c', 'harness/record/cell.c')]
ROW = re.compile(r'^(\t?(?:FIGURE|CELL)\("[^"]+",\s*)([A-Z]+)\b', re.M)
KINDS = {
    'TEXT': 'char *member', 'BUFFER': 'char member[8]', 'COUNT': 'uint64_t member', 'NUMBER': 'double member',
    'BOOL': 'bool member', 'NAMES': 'unsigned member', 'COUNTS': 'uint64_t member[8]', 'NUMBERS': 'double member[8]',
    'TALLY': 'uint32_t *member', 'RECORDS': 'struct { double x; } member[8]', 'LIST': 'struct { double x; } *member',
}
# A list may be of anything that is pointed at, and a set of bits is an unsigned whatever its bits are.
ALIKE = {('LIST', 'TEXT'), ('LIST', 'TALLY'), ('RECORDS', 'BUFFER'), ('RECORDS', 'COUNTS'), ('RECORDS', 'NUMBERS')}


def compiled(source, *first):
    """The outcome for a source text; `first` are folders for includes before the tree."""
    folders = [part for folder in (*first, ROOT) for part in ('-I', folder)]
    return subprocess.run([*COMPILE, *folders, '-x', 'c', '-'], input=source, capture_output=True, text=True, cwd='/')


def text_of(path):
    with open(os.path.join(ROOT, path), encoding='utf-8') as file:
        return file.read()


def test_each_row_of_a_cell():
    """Every row at once gets another kind, and each has to be refused."""
    for table, source in TABLES:
        wrong = ROW.sub(lambda row: row[1] + ('COUNT' if row[2] == 'NUMBER' else 'NUMBER'), text_of(table))
        lines = [wrong.count('\n', 0, row.start()) + 1 for row in ROW.finditer(wrong)]
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, table)
            os.makedirs(os.path.dirname(path))
            with open(path, 'w', encoding='utf-8') as file:
                file.write(wrong)
            outcome = compiled('#include "%s"\n' % source, folder)
        taken = [line for line in lines if '%s:%d:' % (table, line) not in outcome.stderr]
        tap.ok(len(lines) > 20 and outcome.returncode != 0 and not taken,
               '%s: none of %d rows compiles with a wrong kind' % (table, len(lines)),
               'lines %s\n%s' % (taken, outcome.stderr[:1500]))


def member_of(kind):
    return 'of_' + kind.lower()


def table_of(pairs):
    """A table with a row of that kind for that member, each on its own line, from line 1."""
    rows = ['#line 1 "rows"'] + ['FIELD_ROW(struct s, "a", %s, ALWAYS, %s),' % pair for pair in pairs]
    members = ''.join('%s; ' % member.replace('member', member_of(kind)) for kind, member in KINDS.items())
    return '#include "harness/lib/field.h"\nstruct s { %s};\nconst struct field fields[] = {\n%s\n};\n' % (
        members, '\n'.join(rows))


def test_kinds():
    right = compiled(table_of([(kind, member_of(kind)) for kind in KINDS]))
    tap.ok(right.returncode == 0, 'each kind compiles for the type that it is of', right.stderr[:1500])
    wrong = [(kind, member_of(other)) for kind in KINDS for other in KINDS if kind != other and (kind, other) not in ALIKE]
    outcome = compiled(table_of(wrong))
    taken = [pair for line, pair in enumerate(wrong, 1) if 'rows:%d:' % line not in outcome.stderr]
    tap.is_(taken, [], 'and for none of the others')


tap.checks([test_each_row_of_a_cell, test_kinds])
tap.done()
