# Draw again: gnuplot percentiles-close.gp

reset
NAME = 'percentiles-close'
DATA = 'percentiles-close.dat'
TERMINALS = 'svg png'
WIDTH = 1200.0
HEIGHT = 818.0
PNG_SCALE = 2.00
FONT = 'DejaVu Sans'
X(pixel) = pixel / WIDTH
Y(pixel) = 1 - pixel / HEIGHT
BACKGROUND = "#ffffff"
INK = "#1a1a1a"
MUTED = "#5c5c5c"
GRID = "#e4e4e4"
CEILING = "#6f6f6f"
CONTEXT = "#939393"
ERROR = "#e00000"
PANELS = 5
array PANEL_LEFT[5] = [84.00, 370.75, 657.51, 84.00, 370.75]
array PANEL_RIGHT[5] = [350.75, 637.51, 924.26, 350.75, 637.51]
array PANEL_TOP[5] = [134.00, 134.00, 134.00, 413.00, 413.00]
array PANEL_BOTTOM[5] = [349.00, 349.00, 349.00, 628.00, 628.00]
array PANEL_FILLED[5] = [0, 0, 0, 0, 0]
array PANEL_FAINT[5] = [0, 0, 0, 0, 0]
array PANEL_AXES[5] = ["set logscale x 2; set xrange [0.717055726529:91395.9648817]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [10799.5698032:15104371719.7]; set ytics ('100 µs' 100000, '1 ms' 1000000, '10 ms' 10000000, '100 ms' 100000000, '1 s' 1000000000, '10 s' 10000000000); ", "set logscale x 2; set xrange [0.717055726529:91395.9648817]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [10799.5698032:15104371719.7]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); ", "set logscale x 2; set xrange [0.717055726529:91395.9648817]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [10799.5698032:15104371719.7]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); ", "set logscale x 2; set xrange [0.717055726529:91395.9648817]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [10799.5698032:15104371719.7]; set ytics ('100 µs' 100000, '1 ms' 1000000, '10 ms' 10000000, '100 ms' 100000000, '1 s' 1000000000, '10 s' 10000000000); ", "set logscale x 2; set xrange [0.717055726529:91395.9648817]; set xtics ('1' 1, '16' 16, '256' 256, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [10799.5698032:15104371719.7]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); "]
array CONTROL_FROM[5] = [1, 40, 79, 118, 157]
array CONTROL_TO[5] = [1, 40, 79, 118, 157]
array CONTEXTS_FROM[5] = [2, 41, 80, 119, 158]
array CONTEXTS_TO[5] = [24, 63, 102, 141, 180]
array GUIDES_FROM[5] = [32, 71, 110, 149, 1]
array GUIDES_TO[5] = [39, 78, 117, 156, 0]
array DOTS_FROM[5] = [1, 1, 1, 1, 1]
array DOTS_TO[5] = [0, 0, 0, 0, 0]
array THIN_FROM[5] = [1, 1, 1, 1, 188]
array THIN_TO[5] = [0, 0, 0, 0, 195]
array NAMED_FROM[5] = [25, 64, 103, 142, 181]
array NAMED_TO[5] = [31, 70, 109, 148, 187]
array ROWS_FROM[5] = [1, 1, 1, 1, 1]
array ROWS_TO[5] = [0, 0, 0, 0, 0]
LINES = 195
array COLOUR[195] = ["#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#939393", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f", "#6f6f6f", "#6b4a12", "#d55e00", "#8787f0", "#ff0069", "#0072b2", "#009e73", "#23308f"]
array MARK[195] = [0, 0, 2, 1, 3, 4, 5, 2, 0, 0, 4, 1, 0, 3, 0, 2, 4, 1, 4, 1, 0, 4, 4, 1, 1, 5, 4, 0, 2, 2, 4, 0, 1, 5, 4, 0, 2, 2, 4, 0, 0, 2, 1, 3, 4, 5, 2, 0, 0, 4, 1, 0, 3, 0, 2, 4, 1, 4, 1, 0, 4, 4, 1, 1, 5, 4, 0, 2, 2, 4, 0, 1, 5, 4, 0, 2, 2, 4, 0, 0, 2, 1, 3, 4, 5, 2, 0, 0, 4, 1, 0, 3, 0, 2, 4, 1, 4, 1, 0, 4, 4, 1, 1, 5, 4, 0, 2, 2, 4, 0, 1, 5, 4, 0, 2, 2, 4, 0, 0, 2, 1, 3, 4, 5, 2, 0, 0, 4, 1, 0, 3, 0, 2, 4, 1, 4, 1, 0, 4, 4, 1, 1, 5, 4, 0, 2, 2, 4, 0, 1, 5, 4, 0, 2, 2, 4, 0, 0, 2, 1, 3, 4, 5, 2, 0, 0, 4, 1, 0, 3, 0, 2, 4, 1, 4, 1, 0, 4, 4, 1, 1, 5, 4, 0, 2, 2, 4, 0, 1, 5, 4, 0, 2, 2, 4]
array DASH[195] = [1, 3, 1, 2, 2, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 3, 3, 1, 4, 1, 2, 1, 2, 1, 3, 4, 2, 2, 4, 3, 1, 1, 3, 4, 2, 2, 4, 3, 1, 3, 1, 2, 2, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 3, 3, 1, 4, 1, 2, 1, 2, 1, 3, 4, 2, 2, 4, 3, 1, 1, 3, 4, 2, 2, 4, 3, 1, 3, 1, 2, 2, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 3, 3, 1, 4, 1, 2, 1, 2, 1, 3, 4, 2, 2, 4, 3, 1, 1, 3, 4, 2, 2, 4, 3, 1, 3, 1, 2, 2, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 3, 3, 1, 4, 1, 2, 1, 2, 1, 3, 4, 2, 2, 4, 3, 1, 1, 3, 4, 2, 2, 4, 3, 1, 3, 1, 2, 2, 2, 3, 2, 3, 4, 1, 1, 1, 1, 3, 4, 3, 3, 1, 4, 1, 2, 1, 2, 1, 3, 4, 2, 2, 4, 3, 1, 1, 3, 4, 2, 2, 4, 3]
LABELS = 8
array LABEL_COLOUR[8] = ["#23308f", "#009e73", "#0072b2", "#ff0069", "#8787f0", "#d55e00", "#6b4a12", "#6f6f6f"]
array LABEL_MARK[8] = [4, 2, 2, 0, 4, 5, 1, -1]
array LABEL_Y[8] = [134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00]
array END_X[8] = [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00]
array END_Y[8] = [134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00]
LABEL_X = 950.262
KEYS = 4
array KEY_KIND[4] = ["guide", "errors", "hollow", "context"]
array KEY_X[4] = [28.00, 415.76, 560.96, 990.10]
array KEY_Y[4] = [88.00, 88.00, 88.00, 88.00]
TEXTS = 30
array TEXT[30] = ["p50", "half of the requests take less", "p90", "p99", "p99.9", "one of a thousand takes longer", "connect time", "p99, thin p50", "concurrent connections offered", "Latency against concurrent connections", "close mode: a new TCP connection for each request", "lua_cqueues", "concurrence_greenlet (revival)", "perl_coro", "go", "uvloop", "pth", "concurrence (revival)", "control", "connections / rate: the mean that a closed loop implies", "requests failed", "hollow: not valid, or cut off: slower than the window could see", "23 slower servers", "AMD EPYC, 2 cores · Linux 6.18.44-fc-v595 · 2026-11-25T12:05:58Z · benchctl 0.1.0", "close mode, client epoll · window at least 500ms · 1 block · listen backlog 4,096 · client on CPU 1, servers on CPU 0", "Versions: cqueues 20161215, Lua 5.4, concurrence revival on CPython 3.11.2 (greenlet 2.0.2), Coro 6.57, AnyEvent 7.17, EV 4.33, Perl v5.36.0, build/servers/go: go1.19.8, uvloop 0.17.0 on Python 3.11.2,", "GNU Pth 2.0.7 (08-Jun-2006), concurrence revival on PyPy 7.3.11 (stackless)", "A closed loop: each connection asks again when it has its answer. So latency rises with the connections by arithmetic; what counts is how far the percentiles are from the dotted line.", "Thin lines, fastest first: syncless_wsgi (revival), concurrence_wsgi_greenlet (revival), asio_coroutine, syncless (revival), tokio, concurrence_wsgi (revival), libuv, state_threads, nginx, libevent, gevent,", "eventlet, asyncio, node_js, twisted, ruby_async, erlang, trio, aiohttp, python_threads, gevent_wsgi, tornado, eventlet_wsgi"]
array TEXT_X[30] = [84.00, 119.41, 370.75, 657.51, 84.00, 133.13, 370.75, 473.11, 504.13, 28.00, 28.00, 964.26, 964.26, 964.26, 964.26, 964.26, 964.26, 964.26, 964.26, 58.00, 445.76, 590.96, 1020.10, 28.00, 28.00, 28.00, 28.00, 28.00, 28.00, 28.00]
array TEXT_Y[30] = [118.00, 118.00, 118.00, 118.00, 397.00, 397.00, 397.00, 397.00, 671.00, 34.00, 60.00, 134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00, 88.00, 88.00, 88.00, 88.00, 704.00, 720.00, 736.00, 752.00, 768.00, 784.00, 800.00]
array TEXT_FONT[30] = [FONT.':Bold,12.5', FONT.',11.0', FONT.':Bold,12.5', FONT.':Bold,12.5', FONT.':Bold,12.5', FONT.',11.0', FONT.':Bold,12.5', FONT.',11.0', FONT.',12.0', FONT.':Bold,20.0', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0']
array TEXT_COLOUR[30] = ["#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c"]
array TEXT_ALIGN[30] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

# The looks of all pictures. Everything that depends on the run stands above, written by benchctl; X() and Y() turn
# pixels from the upper left corner into parts of the canvas.

set encoding utf8
unset key
unset title

# Marks of gnuplot: the filled one; the hollow one is the number before it. Terminals do not agree on their sizes.
array FILLED[6] = [7, 5, 9, 11, 13, 15]
array SIZE_SVG[6] = [0.95, 0.85, 0.95, 0.95, 0.8, 1.0]
array SIZE_PNG[6] = [1.0, 0.95, 1.15, 1.15, 1.25, 1.1]
# In a small panel marks and lines are smaller, and where all panels have the same grey lines these are faint.
small(p) = PANEL_RIGHT[p] - PANEL_LEFT[p] < 260 ? 0.65 : PANEL_RIGHT[p] - PANEL_LEFT[p] < 560 ? 0.8 : 1
context(p) = PANEL_FAINT[p] ? '#a0'.substr(CONTEXT, 2, 7) : CONTEXT
# Gnuplot looks at the properties of a loop's first plot even where there is none.
line(i) = i > LINES ? LINES : i
kind(i) = LINES ? MARK[line(i)] + 1 : 1
colour(i) = LINES ? COLOUR[line(i)] : INK
faint(i) = '#8c'.substr(colour(i), 2, 7)
dash(i) = LINES ? DASH[line(i)] : 1
of_kind(k) = TERMINAL eq 'svg' ? SIZE_SVG[k] : SIZE_PNG[k]
mark(i) = FILLED[kind(i)]
size(i) = of_kind(kind(i))
set dashtype 2 (12, 5)
set dashtype 3 (12, 4, 2.5, 4)
set dashtype 4 (3, 3.5)
set dashtype 5 (1.5, 3)

do for [TERMINAL in TERMINALS] {
	if (TERMINAL eq 'svg') {
		set terminal svg size WIDTH, HEIGHT font FONT.',12' noenhanced background rgb BACKGROUND
	} else {
		# Larger, for fine screens and for print. Fonts count in points there: 3/4 of a pixel.
		set terminal pngcairo size PNG_SCALE*WIDTH, PNG_SCALE*HEIGHT font FONT.',12' fontscale 0.75*PNG_SCALE \
			linewidth PNG_SCALE pointscale PNG_SCALE dashlength PNG_SCALE noenhanced background rgb BACKGROUND
	}
	set output NAME.'.'.TERMINAL
	set multiplot

	# Texts and all that stands outside of the panels is drawn with the first one.
	do for [i = 1:TEXTS] {
		if (TEXT_ALIGN[i] == 0) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) left font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
		if (TEXT_ALIGN[i] == 1) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) center font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
		if (TEXT_ALIGN[i] == 2) {
			set label TEXT[i] at screen X(TEXT_X[i]), Y(TEXT_Y[i]) right font TEXT_FONT[i] \
				textcolor rgb TEXT_COLOUR[i] front
		}
	}

	# Names: the mark, or the control server's line; a leader where the name had to move or the line ends early.
	do for [i = 1:LABELS] {
		if (END_X[i] >= 0 && (abs(LABEL_Y[i] - END_Y[i]) > 3 || END_X[i] < LABEL_X - 66)) {
			set arrow from screen X(END_X[i] + 8), Y(END_Y[i]) to screen X(LABEL_X - 8), Y(LABEL_Y[i]) \
				nohead linewidth 0.8 linecolor rgb LABEL_COLOUR[i] dashtype (2, 3) front
		}
		if (LABEL_MARK[i] < 0) {
			set arrow from screen X(LABEL_X - 6), Y(LABEL_Y[i]) to screen X(LABEL_X + 6), Y(LABEL_Y[i]) \
				nohead linewidth 2.4 linecolor rgb CEILING front
		} else {
			set label '' at screen X(LABEL_X), Y(LABEL_Y[i]) point pointtype FILLED[LABEL_MARK[i] + 1] \
				pointsize of_kind(LABEL_MARK[i] + 1) linecolor rgb LABEL_COLOUR[i] front
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
		if (KEY_KIND[i] eq 'control') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 2.4 linecolor rgb CEILING front
		}
		if (KEY_KIND[i] eq 'bar') {
			set arrow from screen X(left + 11), Y(y - 6) to screen X(left + 11), Y(y + 6) \
				heads size screen 0.003, 90 linewidth 1.2 linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'context' || KEY_KIND[i] eq 'thin' || KEY_KIND[i] eq 'thick') {
			thick = KEY_KIND[i] eq 'thick' ? 2.2 : KEY_KIND[i] eq 'thin' ? 1.1 : 0.9
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth thick linecolor rgb (KEY_KIND[i] eq 'context' ? CONTEXT : INK) front
		}
		if (KEY_KIND[i] eq 'guide') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 1.4 dashtype 5 linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'errors') {
			set label '' at screen X(left + 11), Y(y) point pointtype 2 pointsize 1.1 linewidth 2 \
				linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'behind') {
			set label '' at screen X(left + 11), Y(y) point pointtype 6 pointsize 1.7 linewidth 1.6 \
				linecolor rgb ERROR front
		}
		if (KEY_KIND[i] eq 'hollow') {
			set label '' at screen X(left + 11), Y(y) point pointtype 6 pointsize 1 linewidth 1.6 \
				linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'dots') {
			do for [at = 0:2] {
				set label '' at screen X(left + 4 + 7 * at), Y(y + 3 - 3 * (at % 2)) point pointtype 7 pointsize 0.45 \
					linecolor rgb MUTED front
			}
		}
		if (KEY_KIND[i] eq 'circle' || KEY_KIND[i] eq 'diamond') {
			set label '' at screen X(left + 11), Y(y) point pointtype (KEY_KIND[i] eq 'circle' ? 7 : 13) \
				pointsize of_kind(KEY_KIND[i] eq 'circle' ? 1 : 5) linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'old') {
			set label '' at screen X(left + 4), Y(y) point pointtype 7 pointsize of_kind(1) linecolor rgb CEILING front
			set label '' at screen X(left + 18), Y(y) point pointtype 13 pointsize of_kind(5) linecolor rgb CEILING front
		}
		if (KEY_KIND[i] eq 'sizes') {
			do for [at = 1:3] {
				set label '' at screen X(left + 7 * at - 3), Y(y) point pointtype 7 pointsize 0.25 + 0.3 * at \
					linecolor rgb INK front
			}
		}
	}

	do for [p = 1:PANELS] {
		set lmargin at screen X(PANEL_LEFT[p])
		set rmargin at screen X(PANEL_RIGHT[p])
		set tmargin at screen Y(PANEL_TOP[p])
		set bmargin at screen Y(PANEL_BOTTOM[p])
		set grid ytics xtics back linetype 1 linewidth 0.8 linecolor rgb GRID
		set border 1 linecolor rgb MUTED linewidth 1
		set tics nomirror textcolor rgb INK font FONT.',12'
		set xtics out scale 0.6
		set ytics scale 0
		eval PANEL_AXES[p]
		s = small(p)

		# Columns: 1 x, 2 y, 3 low, 4 high, 5 valid, 6 errors, 7 without a neighbour, 8 ring, 9 size. A cross
		# stands in the place of the mark, but a hollow mark remains under it.
		plot NaN notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:(PANEL_FILLED[p] ? $2 : NaN) \
				with filledcurves y1=0 fillcolor rgb CEILING fillstyle transparent solid 0.12 noborder notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 0.9*s linecolor rgb context(p) notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($7 == 1 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.5*s linecolor rgb context(p) notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 2.4*s linecolor rgb CEILING notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($7 == 1 || $5 == 0 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.9*s linecolor rgb CEILING notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($5 == 0 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.6*s linecolor rgb BACKGROUND notitle, \
			for [i = GUIDES_FROM[p]:GUIDES_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 1.4*s dashtype 5 linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:3:4 with filledcurves \
				fillcolor rgb colour(i) fillstyle transparent solid 0.16 noborder notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($7 == 1 && $3 < $4 ? $2 : NaN):3:4 \
				with yerrorbars pointtype -1 linewidth 1.2 linecolor rgb colour(i) notitle, \
			for [i = DOTS_FROM[p]:DOTS_TO[p]] DATA index i-1 using 1:2 with points \
				pointtype 7 pointsize 0.42*s linecolor rgb faint(i) notitle, \
			for [i = THIN_FROM[p]:THIN_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 1.1*s linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 2*s dashtype dash(i) linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 && $6 == 0 ? $2 : NaN) with points \
				pointtype mark(i) pointsize s*size(i) linecolor rgb colour(i) notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
				pointtype mark(i) pointsize s*size(i) linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2) with points \
				pointtype mark(i)-1 pointsize s*size(i) linewidth 1.6*s linecolor rgb colour(i) notitle, \
			for [i = ROWS_FROM[p]:ROWS_TO[p]] DATA index i-1 using 1:2:($9*size(i)) with points \
				pointtype mark(i) pointsize variable linecolor rgb colour(i) notitle, \
			for [i = ROWS_FROM[p]:ROWS_TO[p]] DATA index i-1 using 1:($5 == 1 ? NaN : $2):(0.6*$9*size(i)) with points \
				pointtype mark(i) pointsize variable linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($8 == 1 ? $2 : NaN) with points \
				pointtype 6 pointsize 1.9*s linewidth 1.6*s linecolor rgb ERROR notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($8 == 1 ? $2 : NaN) with points \
				pointtype 6 pointsize 1*s linewidth 1.6*s linecolor rgb ERROR notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 0.6*s linewidth 1*s linecolor rgb ERROR notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.1*s linewidth 1.8*s linecolor rgb ERROR notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.4*s linewidth 3.6*s linecolor rgb BACKGROUND notitle, \
			for [i = NAMED_FROM[p]:NAMED_TO[p]] DATA index i-1 using 1:($6 == 1 ? $2 : NaN) with points \
				pointtype 2 pointsize 1.1*s linewidth 1.8*s linecolor rgb ERROR notitle
		unset label
		unset arrow
		unset object
	}
	unset multiplot
	unset output
}
