# Draw again: gnuplot percentiles-close.gp

reset
NAME = 'percentiles-close'
DATA = 'percentiles-close.dat'
TERMINALS = 'svg '
WIDTH = 1200.0
HEIGHT = 802.0
PNG_SCALE = 2.00
FONT = 'DejaVu Sans'
X(pixel) = pixel / WIDTH
Y(pixel) = 1 - pixel / HEIGHT
BACKGROUND = "#ffffff"
INK = "#1a1a1a"
MUTED = "#5c5c5c"
GRID = "#e4e4e4"
CONTROL = "#6f6f6f"
CONTEXT = "#939393"
ERROR = "#e00000"
PANELS = 5
array PANEL_LEFT[5] = [84.00, 408.57, 733.14, 84.00, 408.57]
array PANEL_RIGHT[5] = [388.57, 713.14, 1037.72, 388.57, 713.14]
array PANEL_TOP[5] = [134.00, 134.00, 134.00, 413.00, 413.00]
array PANEL_BOTTOM[5] = [349.00, 349.00, 349.00, 628.00, 628.00]
array PANEL_FILLED[5] = [0, 0, 0, 0, 0]
array PANEL_FAINT[5] = [0, 0, 0, 0, 0]
array PANEL_AXES[5] = ["set logscale x 2; set xrange [0.747288965316:87698.3376468]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1024' 1024, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [26546.0067342:17991120290.3]; set ytics ('100 µs' 100000, '1 ms' 1000000, '10 ms' 10000000, '100 ms' 100000000, '1 s' 1000000000, '10 s' 10000000000); ", "set logscale x 2; set xrange [0.747288965316:87698.3376468]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1024' 1024, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [26546.0067342:17991120290.3]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); ", "set logscale x 2; set xrange [0.747288965316:87698.3376468]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1024' 1024, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [26546.0067342:17991120290.3]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); ", "set logscale x 2; set xrange [0.747288965316:87698.3376468]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1024' 1024, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [26546.0067342:17991120290.3]; set ytics ('100 µs' 100000, '1 ms' 1000000, '10 ms' 10000000, '100 ms' 100000000, '1 s' 1000000000, '10 s' 10000000000); ", "set logscale x 2; set xrange [0.747288965316:87698.3376468]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '1024' 1024, '4096' 4096, '65536' 65536); set logscale y 10; set yrange [26546.0067342:17991120290.3]; set ytics ('' 100000, '' 1000000, '' 10000000, '' 100000000, '' 1000000000, '' 10000000000); "]
array CONTROL_FROM[5] = [1, 21, 41, 61, 81]
array CONTROL_TO[5] = [1, 21, 41, 61, 81]
array CONTEXTS_FROM[5] = [2, 22, 42, 62, 82]
array CONTEXTS_TO[5] = [5, 25, 45, 65, 85]
array GUIDES_FROM[5] = [13, 33, 53, 73, 1]
array GUIDES_TO[5] = [20, 40, 60, 80, 0]
array DOTS_FROM[5] = [1, 1, 1, 1, 1]
array DOTS_TO[5] = [0, 0, 0, 0, 0]
array FAINT_FROM[5] = [1, 1, 1, 1, 1]
array FAINT_TO[5] = [0, 0, 0, 0, 0]
array BARS_FROM[5] = [1, 1, 1, 1, 1]
array BARS_TO[5] = [0, 0, 0, 0, 0]
array THIN_FROM[5] = [1, 1, 1, 1, 93]
array THIN_TO[5] = [0, 0, 0, 0, 100]
array NAMED_FROM[5] = [6, 26, 46, 66, 86]
array NAMED_TO[5] = [12, 32, 52, 72, 92]
array ROWS_FROM[5] = [1, 1, 1, 1, 1]
array ROWS_TO[5] = [0, 0, 0, 0, 0]
LINES = 100
array COLOUR[100] = ["#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#939393", "#939393", "#939393", "#939393", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2", "#6f6f6f", "#c3693c", "#009e73", "#6b4a12", "#0072b2", "#b42d78", "#cc79a7", "#8a2be2"]
array MARK[100] = [0, 4, 4, 2, 2, 0, 4, 1, 0, 1, 0, 4, 0, 0, 4, 1, 0, 1, 0, 4, 0, 4, 4, 2, 2, 0, 4, 1, 0, 1, 0, 4, 0, 0, 4, 1, 0, 1, 0, 4, 0, 4, 4, 2, 2, 0, 4, 1, 0, 1, 0, 4, 0, 0, 4, 1, 0, 1, 0, 4, 0, 4, 4, 2, 2, 0, 4, 1, 0, 1, 0, 4, 0, 0, 4, 1, 0, 1, 0, 4, 0, 4, 4, 2, 2, 0, 4, 1, 0, 1, 0, 4, 0, 0, 4, 1, 0, 1, 0, 4]
array DASH[100] = [1, 1, 1, 1, 4, 3, 1, 1, 1, 2, 1, 3, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 4, 3, 1, 1, 1, 2, 1, 3, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 4, 3, 1, 1, 1, 2, 1, 3, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 4, 3, 1, 1, 1, 2, 1, 3, 1, 3, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 4, 3, 1, 1, 1, 2, 1, 3, 1, 3, 1, 1, 1, 2, 1, 3]
LABELS = 8
array LABEL_COLOUR[8] = ["#8a2be2", "#cc79a7", "#b42d78", "#0072b2", "#6b4a12", "#009e73", "#c3693c", "#6f6f6f"]
array LABEL_MARK[8] = [4, 0, 1, 0, 1, 4, 0, -1]
array LABEL_Y[8] = [134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00]
array END_X[8] = [-1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00, -1.00]
array END_Y[8] = [134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00]
LABEL_X = 1063.716
KEYS = 4
array KEY_KIND[4] = ["guide", "errors", "hollow", "context"]
array KEY_X[4] = [28.00, 415.76, 560.96, 990.10]
array KEY_Y[4] = [88.00, 88.00, 88.00, 88.00]
TEXTS = 29
array TEXT[29] = ["p50", "half of the requests take less", "p90", "p99", "p99.9", "one of a thousand takes longer", "connect time", "p99, thin p50", "concurrent connections offered", "Latency against concurrent connections", "close mode: a new TCP connection for each request", "state_threads", "syncless", "syncless_wsgi", "eventlet", "concurrence", "node_js", "eventlet_wsgi", "control", "connections / rate: the mean that a closed loop implies", "requests failed", "hollow: not valid, or cut off: slower than the window could see", "4 slower servers", "AMD EPYC, 2 cores · Linux 6.18.44-fc-v782 · 2026-12-01T06:20:00Z · benchctl 0.1.0", "close mode, client uring · window at least 500ms · median of 5 launches of each server · listen backlog 65,535 · client on CPU 1, servers on CPU 0", "Versions: State Threads 1.9, syncless 0.25 original on Stackless Python 2.7.17 (stackless, eventlet 0.33.1 on Python 3.11.2, concurrence 0.3.1 original on Stackless Python 2.7.17 (stack, node.js 20.20.2 on", "V8 11.3.244.8-node.38", "A closed loop: each connection asks again when it has its response. So latency rises with the connections by arithmetic; what counts is how far the percentiles are from the dotted line.", "Thin lines, fastest first: concurrence_greenlet, tornado, concurrence_wsgi, concurrence_wsgi_greenlet"]
array TEXT_X[29] = [84.00, 119.41, 408.57, 733.14, 84.00, 133.13, 408.57, 510.93, 560.86, 28.00, 28.00, 1077.72, 1077.72, 1077.72, 1077.72, 1077.72, 1077.72, 1077.72, 1077.72, 58.00, 445.76, 590.96, 1020.10, 28.00, 28.00, 28.00, 28.00, 28.00, 28.00]
array TEXT_Y[29] = [118.00, 118.00, 118.00, 118.00, 397.00, 397.00, 397.00, 397.00, 671.00, 34.00, 60.00, 134.00, 160.00, 186.00, 212.00, 238.00, 264.00, 290.00, 316.00, 88.00, 88.00, 88.00, 88.00, 704.00, 720.00, 736.00, 752.00, 768.00, 784.00]
array TEXT_FONT[29] = [FONT.':Bold,12.5', FONT.',11.0', FONT.':Bold,12.5', FONT.':Bold,12.5', FONT.':Bold,12.5', FONT.',11.0', FONT.':Bold,12.5', FONT.',11.0', FONT.',12.0', FONT.':Bold,20.0', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',13.5', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0']
array TEXT_COLOUR[29] = ["#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c"]
array TEXT_ALIGN[29] = [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

# The style of all pictures. benchctl writes everything that depends on the run above this; X() and Y() convert pixels from
# the upper left corner into fractions of the canvas.

set encoding utf8
unset key
unset title

# Gnuplot's point types: of each pair the filled mark; the hollow mark is the number before it. Terminals draw them in different sizes.
array FILLED[6] = [7, 5, 9, 11, 13, 15]
array SIZE_SVG[6] = [0.95, 0.85, 0.95, 0.95, 0.8, 1.0]
array SIZE_PNG[6] = [1.0, 0.95, 1.15, 1.15, 1.25, 1.1]
# In a small panel marks and lines are smaller, and where all panels have the same grey lines these are faint.
small(p) = PANEL_RIGHT[p] - PANEL_LEFT[p] < 260 ? 0.65 : PANEL_RIGHT[p] - PANEL_LEFT[p] < 560 ? 0.8 : 1
context(p) = PANEL_FAINT[p] ? '#a0'.substr(CONTEXT, 2, 7) : CONTEXT
# Gnuplot evaluates the properties of a loop's first plot even where the loop is empty.
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
	}
	if (TERMINAL eq 'pdf') {
		# In inches: a pixel is 1/96 of one. Font sizes are in points: 3/4 of a pixel.
		set terminal pdfcairo size WIDTH/96.0, HEIGHT/96.0 font FONT.',12' fontscale 0.75 linewidth 1 pointscale 1 \
			noenhanced background rgb BACKGROUND
	}
	if (TERMINAL eq 'png') {
		# Larger, for high-resolution screens and print. Font sizes are in points there: 3/4 of a pixel.
		set terminal pngcairo size PNG_SCALE*WIDTH, PNG_SCALE*HEIGHT font FONT.',12' fontscale 0.75*PNG_SCALE \
			linewidth PNG_SCALE pointscale PNG_SCALE dashlength PNG_SCALE noenhanced background rgb BACKGROUND
	}
	set output NAME.'.'.TERMINAL
	set multiplot

	# Texts, and everything outside of the panels, are drawn with the first panel.
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
				nohead linewidth 2.4 linecolor rgb CONTROL front
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
				nohead linewidth 2.4 linecolor rgb CONTROL front
		}
		if (KEY_KIND[i] eq 'control') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 2.4 linecolor rgb CONTROL front
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
		if (KEY_KIND[i] eq 'interval') {
			set arrow from screen X(left), Y(y) to screen X(left + 22), Y(y) \
				nohead linewidth 5 linecolor rgb '#8c'.substr(INK, 2, 7) front
		}
		if (KEY_KIND[i] eq 'circle' || KEY_KIND[i] eq 'square' || KEY_KIND[i] eq 'diamond') {
			k = KEY_KIND[i] eq 'circle' ? 1 : KEY_KIND[i] eq 'square' ? 2 : 5
			set label '' at screen X(left + 11), Y(y) point pointtype FILLED[k] \
				pointsize of_kind(k) linecolor rgb INK front
		}
		if (KEY_KIND[i] eq 'old') {
			set label '' at screen X(left + 4), Y(y) point pointtype 7 pointsize of_kind(1) linecolor rgb CONTROL front
			set label '' at screen X(left + 18), Y(y) point pointtype 13 pointsize of_kind(5) linecolor rgb CONTROL front
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
				with filledcurves y1=0 fillcolor rgb CONTROL fillstyle transparent solid 0.12 noborder notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 0.9*s linecolor rgb context(p) notitle, \
			for [i = CONTEXTS_FROM[p]:CONTEXTS_TO[p]] DATA index i-1 using 1:($7 == 1 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.5*s linecolor rgb context(p) notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 2.4*s linecolor rgb CONTROL notitle, \
			for [i = CONTROL_FROM[p]:CONTROL_TO[p]] DATA index i-1 using 1:($7 == 1 || $5 == 0 ? $2 : NaN) with points \
				pointtype 7 pointsize 0.9*s linecolor rgb CONTROL notitle, \
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
			for [i = FAINT_FROM[p]:FAINT_TO[p]] DATA index i-1 using 1:2 with lines \
				linewidth 0.9*s linecolor rgb faint(i) notitle, \
			for [i = BARS_FROM[p]:BARS_TO[p]] DATA index i-1 using 3:2:($4-$3):(0) with vectors nohead \
				linewidth 5 linecolor rgb faint(i) notitle, \
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
