# Latency against the rate of requests: the looks. Everything that depends on the run stands above, written by
# benchctl; X() and Y() turn pixels from the upper left corner into parts of the canvas.

set encoding utf8
DATA = NAME.'.dat'

unset key
set lmargin at screen X(LEFT)
set rmargin at screen X(RIGHT)
set tmargin at screen Y(TOP)
set bmargin at screen Y(BOTTOM)

set logscale xy 10
set xrange [X_LEAST:X_MOST]
set yrange [Y_LEAST:Y_MOST]
set border 1 linecolor rgb MUTED linewidth 1
set tics nomirror textcolor rgb INK font FONT.',12'
set xtics out scale 0.6
set ytics scale 0
set grid ytics xtics back linetype 1 linewidth 0.8 linecolor rgb GRID
if (CURVES == 0) {
	unset grid
	unset ytics
	unset xtics
}

set label TITLE at screen X(MARGIN), Y(TITLE_Y) font FONT.':Bold,20' textcolor rgb INK front
set label SUBTITLE at screen X(MARGIN), Y(SUBTITLE_Y) font FONT.',13.5' textcolor rgb MUTED front
set label 'latency' at screen X(MARGIN), Y(TOP - 18) font FONT.',12' textcolor rgb INK front
set label 'requests per second offered' at screen X((LEFT + RIGHT) / 2), Y(BOTTOM + 43) center \
	font FONT.',12' textcolor rgb INK front

# As in rate.gp.
array FILLED[6] = [7, 5, 9, 11, 13, 15]
array SIZE_SVG[6] = [0.95, 0.85, 0.95, 0.95, 0.8, 1.0]
array SIZE_PNG[6] = [1.0, 0.95, 1.15, 1.15, 1.25, 1.1]
curve(i) = i > CURVES ? CURVES : i
kind(i) = CURVES ? MARK[curve(i)] + 1 : 1
colour(i) = CURVES ? COLOUR[curve(i)] : INK
mark(i) = i <= CONTROLS ? 7 : FILLED[kind(i)]
size(i) = i <= CONTROLS ? 0.7 : TERMINAL eq 'svg' ? SIZE_SVG[kind(i)] : SIZE_PNG[kind(i)]
is_context(i) = i > CONTROLS && i <= CONTROLS + CONTEXTS
width(i) = is_context(i) ? 1.1 : 2.2
set dashtype 2 (2, 4)

# At the line ends: a leader where the name had to move or the line ends early.
do for [i = 1:LABELS] {
	if (abs(LABEL_Y[i] - END_Y[i]) > 3 || END_X[i] < RIGHT - 40) {
		set arrow from screen X(END_X[i] + 8), Y(END_Y[i]) to screen X(LABEL_X - 8), Y(LABEL_Y[i]) \
			nohead linewidth 0.8 linecolor rgb COLOUR[LABEL_CURVE[i]] dashtype (2, 3) front
	}
}

do for [i = 1:KEYS] {
	left = KEY_X[i]
	y = KEY_Y[i]
	if (KEY_KIND[i] eq 'p99' || KEY_KIND[i] eq 'others' || KEY_KIND[i] eq 'context') {
		thick = KEY_KIND[i] eq 'p99' ? 2.2 : 1.1
		set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
			nohead linewidth thick linecolor rgb (KEY_KIND[i] eq 'context' ? CONTEXT : INK) front
	}
}

# Of the servers with a name: which column, and which of them have it. 2 p50, 3 p90, 4 p99, 5 p99.9.
has(i, column) = is_context(i) ? 0 : (column == 2 || DETAILED)

do for [TERMINAL in 'svg png'] {
	if (TERMINAL eq 'svg') {
		set terminal svg size WIDTH, HEIGHT font FONT.',12' noenhanced background rgb BACKGROUND
	} else {
		# Twice the size, for fine screens and for print. Fonts count in points there: 3/4 of a pixel.
		set terminal pngcairo size 2*WIDTH, 2*HEIGHT font FONT.',12' fontscale 1.5 linewidth 2 pointscale 2 \
			dashlength 2 noenhanced background rgb BACKGROUND
	}
	set output NAME.'.'.TERMINAL

	# Tags from 1000 on are of the marks, whose size depends on the terminal.
	do for [i = 1:LABELS] {
		c = LABEL_CURVE[i]
		set label 1000+i '' at screen X(LABEL_X), Y(LABEL_Y[i]) \
			point pointtype mark(c) pointsize size(c) linecolor rgb COLOUR[c] front
	}
	do for [i = 1:KEYS] {
		if (KEY_KIND[i] eq 'errors') {
			set label 2000+i '' at screen X(KEY_X[i] + 11), Y(KEY_Y[i]) \
				point pointtype 2 pointsize 1.1 linewidth 2 linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'behind') {
			set label 2000+i '' at screen X(KEY_X[i] + 11), Y(KEY_Y[i]) \
				point pointtype 6 pointsize 1.7 linewidth 1.6 linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'hollow') {
			set label 2000+i '' at screen X(KEY_X[i] + 11), Y(KEY_Y[i]) \
				point pointtype 6 pointsize 1 linewidth 1.6 linecolor rgb INK front
		}
	}

	# Columns: 1 rate, 2 p50, 3 p90, 4 p99, 5 p99.9, 6 valid, 7 errors, 8 keeps up. Marks are of the p99 alone.
	plot NaN notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(has(i, 2) ? $2 : NaN) with lines \
			linewidth 1.1 linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(has(i, 3) ? $3 : NaN) with lines \
			linewidth 1.1 linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(has(i, 5) ? $5 : NaN) with lines \
			linewidth 1.1 linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:4 with lines \
			linewidth width(i) linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(is_context(i) || $6 == 0 ? NaN : $4) with points \
			pointtype mark(i) pointsize size(i) linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(is_context(i) || $6 == 1 ? NaN : $4) with points \
			pointtype mark(i) pointsize size(i) linecolor rgb BACKGROUND notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:(is_context(i) || $6 == 1 ? NaN : $4) with points \
			pointtype mark(i)-1 pointsize size(i) linewidth 1.6 linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:($8 == 1 ? NaN : $4) with points \
			pointtype 6 pointsize (is_context(i) ? 1 : 1.9) linewidth 1.6 linecolor rgb ERROR notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:($7 == 1 ? $4 : NaN) with points \
			pointtype 2 pointsize 1.1 linewidth 2 linecolor rgb ERROR notitle
	unset output
}
