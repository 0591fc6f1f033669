# Draw again: gnuplot rate-close.gp

NAME = 'rate-close'
TITLE = "Requests per second against concurrent connections"
SUBTITLE = "close mode: a new TCP connection for each request"
WIDTH = 1200.0
HEIGHT = 720.0
LEFT = 84.0
RIGHT = 924.26
TOP = 134.00
BOTTOM = 514.00
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
Y_MOST = 29426.635938
set xtics ('1' 1, '2' 2, '4' 4, '8' 8, '16' 16, '32' 32, '64' 64, '128' 128, '256' 256, '512' 512, '1024' 1024, '2048' 2048, '4096' 4096, '8192' 8192, '16384' 16384, '32768' 32768, '65536' 65536)
set ytics ('0' 0, '5,000' 5000, '10,000' 10000, '15,000' 15000, '20,000' 20000, '25,000' 25000)
CURVES = 31
CEILINGS = 1
CONTEXTS = 23
BLOCKS = 1
array COLOUR[31] = ["#8a8a8a", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#c4c4c4", "#6b4a12", "#6b4a12", "#23308f", "#009e73", "#cc79a7", "#6b4a12", "#23308f"]
array MARK[31] = [0, 2, 2, 4, 3, 1, 4, 0, 4, 0, 4, 1, 0, 3, 0, 2, 1, 1, 3, 1, 0, 4, 4, 1, 1, 2, 4, 0, 2, 0, 0]
array DASH[31] = [1, 2, 1, 2, 3, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 1, 3, 2, 4, 1, 2, 4, 2, 1, 2, 4, 2, 3, 3, 3]
LABELS = 8
array LABEL_CURVE[8] = [1, 25, 26, 27, 28, 29, 30, 31]
array LABEL_Y[8] = [295.37, 195.37, 175.37, 215.37, 255.37, 315.37, 235.37, 275.37]
array END_X[8] = [908.10, 908.10, 908.10, 908.10, 908.10, 908.10, 908.10, 908.10]
array END_Y[8] = [248.45, 225.90, 207.56, 235.11, 243.89, 315.05, 238.86, 248.11]
LABEL_X = 950.262
KEYS = 4
array KEY_KIND[4] = ["ceiling", "errors", "hollow", "context"]
array KEY_X[4] = [28.00, 375.84, 521.04, 932.22]
array KEY_Y[4] = [88.00, 88.00, 88.00, 88.00]
set label "control (ceiling)" at screen X(964.26), Y(295.37) font FONT.',13.5' textcolor rgb MUTED front
set label "concurrence (revival)" at screen X(964.26), Y(195.37) font FONT.',13.5' textcolor rgb INK front
set label "pth" at screen X(964.26), Y(175.37) font FONT.',13.5' textcolor rgb INK front
set label "uvloop" at screen X(964.26), Y(215.37) font FONT.',13.5' textcolor rgb INK front
set label "go" at screen X(964.26), Y(255.37) font FONT.',13.5' textcolor rgb INK front
set label "perl_coro" at screen X(964.26), Y(315.37) font FONT.',13.5' textcolor rgb INK front
set label "concurrence_greenlet (revival)" at screen X(964.26), Y(235.37) font FONT.',13.5' textcolor rgb INK front
set label "lua_cqueues" at screen X(964.26), Y(275.37) font FONT.',13.5' textcolor rgb INK front
set label "control server: what the harness itself can reach" at screen X(58.00), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "requests failed" at screen X(405.84), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "hollow: not valid, too few in flight or open, client at its limit" at screen X(551.04), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "23 slower servers" at screen X(962.22), Y(88.00) font FONT.',12.0' textcolor rgb INK front
set label "AMD EPYC, 2 cores · Linux 6.18.44-fc-v595 · 2026-11-25T12:05:58Z · benchctl 0.1.0" at screen X(28.00), Y(590.00) font FONT.',11.0' textcolor rgb MUTED front
set label "close mode, client epoll · window at least 500ms · 1 block · listen backlog 4,096 · client on CPU 1, servers on CPU 0" at screen X(28.00), Y(606.00) font FONT.',11.0' textcolor rgb MUTED front
set label "Versions: cqueues 20161215, Lua 5.4, concurrence revival on CPython 3.11.2 (greenlet 2.0.2), Coro 6.57, AnyEvent 7.17, EV 4.33, Perl v5.36.0, build/servers/go: go1.19.8, uvloop 0.17.0 on Python 3.11.2," at screen X(28.00), Y(622.00) font FONT.',11.0' textcolor rgb MUTED front
set label "GNU Pth 2.0.7 (08-Jun-2006), concurrence revival on PyPy 7.3.11 (stackless)" at screen X(28.00), Y(638.00) font FONT.',11.0' textcolor rgb MUTED front
set label "Connections are those offered; in close mode fewer may be open inside the server. Of 65,536 offered, open inside the server on average: lua_cqueues 9,255, concurrence_greenlet (revival) 1,966," at screen X(28.00), Y(654.00) font FONT.',11.0' textcolor rgb MUTED front
set label "perl_coro 10,918, go 11,379, uvloop 12,551, pth 3, concurrence (revival) 5, control 2" at screen X(28.00), Y(670.00) font FONT.',11.0' textcolor rgb MUTED front
set label "Thin lines, fastest first: syncless_wsgi (revival), concurrence_wsgi_greenlet (revival), asio_coroutine, syncless (revival), tokio, concurrence_wsgi (revival), libuv, state_threads, nginx, libevent, gevent," at screen X(28.00), Y(686.00) font FONT.',11.0' textcolor rgb MUTED front
set label "eventlet, asyncio, node_js, twisted, ruby_async, erlang, trio, aiohttp, python_threads, gevent_wsgi, tornado, eventlet_wsgi" at screen X(28.00), Y(702.00) font FONT.',11.0' textcolor rgb MUTED front

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
