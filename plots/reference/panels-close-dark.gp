# Draw again: gnuplot panels-close-dark.gp

reset
NAME = 'panels-close-dark'
DATA = 'panels-close.dat'
TERMINALS = 'svg '
WIDTH = 1200.0
HEIGHT = 758.0
PNG_SCALE = 2.00
FONT = 'DejaVu Sans'
X(pixel) = pixel / WIDTH
Y(pixel) = 1 - pixel / HEIGHT
BACKGROUND = "#14171c"
INK = "#eceef1"
MUTED = "#a6acb5"
GRID = "#2b3038"
CONTROL = "#959ca6"
CONTEXT = "#666d77"
ERROR = "#ff5050"
PANELS = 11
array PANEL_LEFT[11] = [84.00, 306.00, 528.00, 750.00, 972.00, 84.00, 306.00, 528.00, 750.00, 972.00, 84.00]
array PANEL_RIGHT[11] = [284.00, 506.00, 728.00, 950.00, 1172.00, 284.00, 506.00, 728.00, 950.00, 1172.00, 284.00]
array PANEL_TOP[11] = [190.00, 190.00, 190.00, 190.00, 190.00, 364.00, 364.00, 364.00, 364.00, 364.00, 538.00]
array PANEL_BOTTOM[11] = [294.00, 294.00, 294.00, 294.00, 294.00, 468.00, 468.00, 468.00, 468.00, 468.00, 642.00]
array PANEL_FILLED[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array PANEL_FAINT[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array PANEL_AXES[11] = ["set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('' 0, '' 10000, '' 20000); ", "set logscale x 2; set xrange [0.641712948781:102126.659785]; set xtics ('1' 1, '4' 4, '16' 16, '64' 64, '256' 256, '4096' 4096, '65536' 65536); unset logscale y; set yrange [0:22504.69411]; set ytics ('0' 0, '10,000' 10000, '20,000' 20000); "]
array CONTROL_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array CONTROL_TO[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array CONTEXTS_FROM[11] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
array CONTEXTS_TO[11] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]
array GUIDES_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array GUIDES_TO[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array DOTS_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array DOTS_TO[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array FAINT_FROM[11] = [3, 20, 37, 54, 71, 88, 105, 122, 139, 156, 173]
array FAINT_TO[11] = [18, 35, 52, 69, 86, 103, 120, 137, 154, 171, 188]
array BARS_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array BARS_TO[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array THIN_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array THIN_TO[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
array NAMED_FROM[11] = [19, 36, 53, 70, 87, 104, 121, 138, 155, 172, 189]
array NAMED_TO[11] = [19, 36, 53, 70, 87, 104, 121, 138, 155, 172, 189]
array ROWS_FROM[11] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
array ROWS_TO[11] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
LINES = 189
array COLOUR[189] = ["#959ca6", "#666d77", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#b487ff", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#f096c3", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#e1f0a5", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#4b69ff", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#78874b", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#d24b00", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#00c387", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#ff8700", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#96c369", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3", "#d22dc3"]
array MARK[189] = [0, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4]
array DASH[189] = [1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
LABELS = 0
array LABEL_COLOUR[1] = [0]
array LABEL_MARK[1] = [0]
array LABEL_Y[1] = [0]
array END_X[1] = [0]
array END_Y[1] = [0]
LABEL_X = 1198
KEYS = 6
array KEY_KIND[6] = ["control", "band", "errors", "hollow", "context", "context"]
array KEY_X[6] = [28.00, 335.95, 613.45, 758.64, 28.00, 291.29]
array KEY_Y[6] = [88.00, 88.00, 88.00, 88.00, 108.00, 108.00]
TEXTS = 35
array TEXT[35] = ["state_threads", "as fast as the client", "syncless", "as fast as the client", "syncless_wsgi", "not yet known", "eventlet", "fails from 21,247", "concurrence", "holds to 65,536", "node_js", "not yet known", "eventlet_wsgi", "not yet known", "concurrence_greenlet", "not yet known", "tornado", "not yet known", "concurrence_wsgi", "holds to 65,536", "concurrence_wsgi_greenlet", "holds to 65,536", "requests per second against concurrent connections offered", "Requests per second against concurrent connections, server by server", "close mode: a new TCP connection for each request", "control server: no ceiling, some are faster", "minimum to maximum of 5 launches", "requests failed", "hollow: not valid, client at its limit", "each launch, in the server\047s colour", "all others", "AMD EPYC, 2 cores · Linux 6.18.44-fc-v782 · 2026-12-01T06:20:00Z · benchctl 0.1.0", "close mode, client uring · window at least 500ms · median of 5 launches of each server · listen backlog 65,535 · client on CPU 1, servers on CPU 0", "Versions: State Threads 1.9, syncless 0.25 original on Stackless Python 2.7.17 (stackless, eventlet 0.33.1 on Python 3.11.2, concurrence 0.3.1 original on Stackless Python 2.7.17 (stack, node.js 20.20.2 on", "V8 11.3.244.8-node.38, concurrence 0.3.1 original on CPython 2.7.17 (greenlet 0.4.1, tornado 6.2 on Python 3.11.2"]
array TEXT_X[35] = [84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 306.00, 306.00, 528.00, 528.00, 750.00, 750.00, 972.00, 972.00, 84.00, 84.00, 28.00, 28.00, 28.00, 58.00, 365.95, 643.45, 788.64, 58.00, 321.29, 28.00, 28.00, 28.00, 28.00]
array TEXT_Y[35] = [163.50, 178.50, 163.50, 178.50, 163.50, 178.50, 163.50, 178.50, 163.50, 178.50, 337.50, 352.50, 337.50, 352.50, 337.50, 352.50, 337.50, 352.50, 337.50, 352.50, 511.50, 526.50, 134.00, 34.00, 60.00, 88.00, 88.00, 88.00, 88.00, 108.00, 108.00, 692.00, 708.00, 724.00, 740.00]
array TEXT_FONT[35] = [FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.':Bold,12.0', FONT.',11.0', FONT.',12.0', FONT.':Bold,20.0', FONT.',13.5', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0']
array TEXT_COLOUR[35] = ["#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#a6acb5", "#a6acb5", "#eceef1", "#a6acb5", "#eceef1", "#eceef1", "#eceef1", "#eceef1", "#eceef1", "#eceef1", "#a6acb5", "#a6acb5", "#a6acb5", "#a6acb5"]
array TEXT_ALIGN[35] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

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
