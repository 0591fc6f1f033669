# Draw again: gnuplot rate-close.gp

NAME = 'rate-close'
TITLE = "Requests per second against concurrent connections"
SUBTITLE = "close mode: a new TCP connection for each request"
WIDTH = 1200.0
HEIGHT = 720.0
LEFT = 84.0
RIGHT = 1025.96
TOP = 134.00
BOTTOM = 562.00
MARGIN = 28.0
TITLE_Y = 34.0
SUBTITLE_Y = 60.0
FONT = 'DejaVu Sans'
X(pixel) = pixel / WIDTH
Y(pixel) = 1 - pixel / HEIGHT
BACKGROUND = "#ffffff"
INK = "#1a1a1a"
MUTED = "#5c5c5c"
GRID = "#e4e4e4"
CEILING = "#8a8a8a"
CEILING_FILL = "#f3f3f3"
CONTEXT = "#c4c4c4"
ERROR = "#e00000"
X_LEAST = 0.80106987759
X_MOST = 81810.5908528
Y_MOST = 25412.92177
set xtics ('1' 1, '2' 2, '4' 4, '8' 8, '16' 16, '32' 32, '64' 64, '128' 128, '256' 256, '512' 512, '1024' 1024, '2048' 2048, '4096' 4096, '8192' 8192, '16384' 16384, '32768' 32768, '65536' 65536)
set ytics ('0' 0, '5,000' 5000, '10,000' 10000, '15,000' 15000, '20,000' 20000, '25,000' 25000)
CURVES = 6
CEILINGS = 1
CONTEXTS = 0
BLOCKS = 1
array COLOUR[6] = ["#8a8a8a", "#23308f", "#d55e00", "#009e73", "#0072b2", "#8a2be2"]
array MARK[6] = [0, 2, 2, 4, 0, 1]
array DASH[6] = [1, 2, 1, 1, 1, 1]
LABELS = 6
array LABEL_CURVE[6] = [1, 2, 3, 4, 5, 6]
array LABEL_Y[6] = [223.99, 459.95, 479.95, 348.98, 309.66, 203.99]
array END_X[6] = [1007.84, 1007.84, 1007.84, 1007.84, 894.63, 1007.84]
array END_Y[6] = [221.78, 468.07, 471.83, 348.98, 309.66, 206.21]
LABEL_X = 1051.9575
KEYS = 3
array KEY_KIND[3] = ["ceiling", "errors", "hollow"]
array KEY_X[3] = [28.00, 375.84, 521.04]
array KEY_Y[3] = [88.00, 88.00, 88.00]
set label "control (ceiling)" at screen X(1065.96), Y(223.99) font FONT.',13.5' textcolor rgb MUTED front
set label "eventlet_wsgi" at screen X(1065.96), Y(459.95) font FONT.',13.5' textcolor rgb INK front
set label "tornado" at screen X(1065.96), Y(479.95) font FONT.',13.5' textcolor rgb INK front
set label "node_js" at screen X(1065.96), Y(348.98) font FONT.',13.5' textcolor rgb INK front
set label "eventlet" at screen X(1065.96), Y(301.66) font FONT.',13.5' textcolor rgb INK front
set label "failed from 32,768" at screen X(1065.96), Y(317.66) font FONT.',11.0' textcolor rgb MUTED front
set label "state_threads" at screen X(1065.96), Y(203.99) font FONT.',13.5' textcolor rgb INK front
set label "control server: what the harness itself can reach" at screen X(58.00), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "requests failed" at screen X(405.84), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "hollow: not valid, client at its limit" at screen X(551.04), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "AMD EPYC, 2 cores · Linux 6.18.44-fc-v669 · 2026-11-23T10:50:03Z · benchctl 0.1.0" at screen X(28.00), Y(638.00) font FONT.',11.0' textcolor rgb MUTED front
set label "close mode, client epoll · window at least 1s · 1 block · listen backlog 4,096 · client on CPU 1, servers on CPU 0" at screen X(28.00), Y(654.00) font FONT.',11.0' textcolor rgb MUTED front
set label "Versions: State Threads 1.9, eventlet 0.33.1 on Python 3.11.2, node.js 20.20.2 on V8 11.3.244.8-node.38, tornado 6.2 on Python 3.11.2" at screen X(28.00), Y(670.00) font FONT.',11.0' textcolor rgb MUTED front
set label "Connections are those offered; in close mode fewer may be open inside the server. Of 65,536 offered, open inside the server on average: state_threads 3, node_js 4,730, tornado 250, eventlet_wsgi 593," at screen X(28.00), Y(686.00) font FONT.',11.0' textcolor rgb MUTED front
set label "control 2" at screen X(28.00), Y(702.00) font FONT.',11.0' textcolor rgb MUTED front

# Requests per second against connections: the looks. Everything that depends on the run stands above, written by
# benchctl; X() and Y() turn pixels from the upper left corner into parts of the canvas.

set encoding utf8
DATA = NAME.'.dat'

unset key
set lmargin at screen X(LEFT)
set rmargin at screen X(RIGHT)
set tmargin at screen Y(TOP)
set bmargin at screen Y(BOTTOM)

set logscale x 2
set xrange [X_LEAST:X_MOST]
set yrange [0:Y_MOST]
set border 1 linecolor rgb MUTED linewidth 1
set tics nomirror textcolor rgb INK font FONT.',12'
set xtics out scale 0.6
set ytics scale 0
set grid ytics xtics back linetype 1 linewidth 0.8 linecolor rgb GRID
if (CURVES == 0) {
	unset grid
	set ytics ('0' 0)
}

set label TITLE at screen X(MARGIN), Y(TITLE_Y) font FONT.':Bold,20' textcolor rgb INK front
set label SUBTITLE at screen X(MARGIN), Y(SUBTITLE_Y) font FONT.',13.5' textcolor rgb MUTED front
set label 'requests per second' at screen X(MARGIN), Y(TOP - 18) font FONT.',12' textcolor rgb INK front
set label 'concurrent connections offered' at screen X((LEFT + RIGHT) / 2), Y(BOTTOM + 43) center \
	font FONT.',12' textcolor rgb INK front

# Marks of gnuplot: the filled one; the hollow one is the number before it. Terminals do not agree on their sizes.
array FILLED[6] = [7, 5, 9, 11, 13, 15]
array SIZE_SVG[6] = [0.95, 0.85, 0.95, 0.95, 0.8, 1.0]
array SIZE_PNG[6] = [1.0, 0.95, 1.15, 1.15, 1.25, 1.1]
# Gnuplot looks at the properties of a loop's first plot even where there is none, as with the control server alone;
# where every server failed there is no curve at all.
curve(i) = i > CURVES ? CURVES : i
kind(i) = CURVES ? MARK[curve(i)] + 1 : 1
colour(i) = CURVES ? COLOUR[curve(i)] : INK
dash(i) = CURVES ? DASH[curve(i)] : 1
mark(i) = FILLED[kind(i)]
size(i) = TERMINAL eq 'svg' ? SIZE_SVG[kind(i)] : SIZE_PNG[kind(i)]
is_context(i) = i > CEILINGS && i <= CEILINGS + CONTEXTS
cross(i) = is_context(i) ? 0.6 : 1.1
set dashtype 2 (12, 5)
set dashtype 3 (12, 4, 2.5, 4)
set dashtype 4 (3, 3.5)

# At the line ends: a leader where the name had to move or the line ends early.
do for [i = 1:LABELS] {
	if (abs(LABEL_Y[i] - END_Y[i]) > 3 || END_X[i] < RIGHT - 40) {
		set arrow from screen X(END_X[i] + 8), Y(END_Y[i]) to screen X(LABEL_X - 8), Y(LABEL_Y[i]) \
			nohead linewidth 0.8 linecolor rgb COLOUR[LABEL_CURVE[i]] dashtype (2, 3) front
	}
	if (LABEL_CURVE[i] <= CEILINGS) {
		set arrow from screen X(LABEL_X - 6), Y(LABEL_Y[i]) to screen X(LABEL_X + 6), Y(LABEL_Y[i]) \
			nohead linewidth 2.4 linecolor rgb CEILING front
	}
}

do for [i = 1:KEYS] {
	left = KEY_X[i]
	y = KEY_Y[i]
	if (KEY_KIND[i] eq 'ceiling' || KEY_KIND[i] eq 'band') {
		set object rectangle from screen X(left), Y(y + 5) to screen X(left + 22), Y(y - 5) front \
			fillcolor rgb MUTED fillstyle transparent solid (KEY_KIND[i] eq 'band' ? 0.3 : 0.12) noborder
	}
	if (KEY_KIND[i] eq 'ceiling') {
		set arrow from screen X(left), Y(y - 5) to screen X(left + 22), Y(y - 5) \
			nohead linewidth 2.4 linecolor rgb CEILING front
	}
	if (KEY_KIND[i] eq 'bar') {
		set arrow from screen X(left + 11), Y(y - 6) to screen X(left + 11), Y(y + 6) \
			heads size screen 0.003, 90 linewidth 1.2 linecolor rgb INK front
	}
	if (KEY_KIND[i] eq 'context') {
		set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
			nohead linewidth 1.2 linecolor rgb CONTEXT front
	}
}

NAMED = CEILINGS + CONTEXTS + 1

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
		if (c > CEILINGS) {
			set label 1000+i '' at screen X(LABEL_X), Y(LABEL_Y[i]) \
				point pointtype mark(c) pointsize size(c) linecolor rgb COLOUR[c] front
		}
	}
	do for [i = 1:KEYS] {
		if (KEY_KIND[i] eq 'errors') {
			set label 2000+i '' at screen X(KEY_X[i] + 11), Y(KEY_Y[i]) \
				point pointtype 2 pointsize 1.1 linewidth 2 linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'hollow') {
			set label 2000+i '' at screen X(KEY_X[i] + 11), Y(KEY_Y[i]) \
				point pointtype 6 pointsize 1 linewidth 1.6 linecolor rgb INK front
		}
	}

	# Columns: 1 level, 2 median, 3 least, 4 most, 5 valid, 6 errors, 7 without a neighbour. A cross
	# stands in the place of the mark, but a hollow mark remains under it.
	plot NaN notitle, \
		for [i = 1:CEILINGS] DATA index i-1 using 1:2 with filledcurves y1=0 \
			fillcolor rgb CEILING fillstyle transparent solid 0.12 noborder notitle, \
		for [i = CEILINGS+1:NAMED-1] DATA index i-1 using 1:2 with lines \
			linewidth 1.1 linecolor rgb CONTEXT notitle, \
		for [i = CEILINGS+1:NAMED-1] DATA index i-1 using 1:($7 == 1 ? $2 : NaN) with points \
			pointtype 7 pointsize 0.5 linecolor rgb CONTEXT notitle, \
		for [i = 1:CEILINGS] DATA index i-1 using 1:2 with lines \
			linewidth 2.4 linecolor rgb CEILING notitle, \
		for [i = 1:CEILINGS] DATA index i-1 using 1:($7 == 1 || $5 == 0 ? $2 : NaN) with points \
			pointtype 7 pointsize 0.9 linecolor rgb CEILING notitle, \
		for [i = 1:CEILINGS] DATA index i-1 using 1:($5 == 0 ? $2 : NaN) with points \
			pointtype 7 pointsize 0.6 linecolor rgb BACKGROUND notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:3:4 with filledcurves \
			fillcolor rgb colour(i) fillstyle transparent solid 0.16 noborder notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:($7 == 1 && $3 < $4 ? $2 : NaN):3:4 with yerrorbars \
			pointtype -1 linewidth 1.2 linecolor rgb colour(i) notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:2 with lines \
			linewidth 2 dashtype dash(i) linecolor rgb colour(i) notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:($5 == 1 && $6 == 0 ? $2 : NaN) with points \
			pointtype mark(i) pointsize size(i) linecolor rgb colour(i) notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
			pointtype mark(i) pointsize size(i) linecolor rgb BACKGROUND notitle, \
		for [i = NAMED:CURVES] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
			pointtype mark(i)-1 pointsize size(i) linewidth 1.6 linecolor rgb colour(i) notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
			pointtype 2 pointsize 1.3*cross(i) linewidth 3.6*cross(i) linecolor rgb BACKGROUND notitle, \
		for [i = 1:CURVES] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
			pointtype 2 pointsize cross(i) linewidth 1.8*cross(i) linecolor rgb ERROR notitle
	unset output
}
