# Draw again: gnuplot answer-close.gp

reset
NAME = 'answer-close'
DATA = 'answer-close.dat'
TERMINALS = 'svg '
WIDTH = 1200.0
HEIGHT = 631.0
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
PANELS = 2
array PANEL_LEFT[2] = [240.77, 810.33]
array PANEL_RIGHT[2] = [776.33, 1040.33]
array PANEL_TOP[2] = [148.00, 148.00]
array PANEL_BOTTOM[2] = [493.00, 493.00]
array PANEL_FILLED[2] = [0, 0]
array PANEL_FAINT[2] = [0, 0]
array PANEL_AXES[2] = ["set logscale x 2; set xrange [1560.06824362:22908.2143903]; set xtics ('2,000' 2000, '5,000' 5000, '10,000' 10000, '20,000' 20000); unset logscale y; set yrange [0:345]; unset ytics; ", "unset logscale x; set xrange [0:129.378002584]; set xtics ('0 %%' 0, '50 %%' 50, '90 %%' 90, '' 100); unset logscale y; set yrange [0:345]; unset ytics; "]
array CONTROL_FROM[2] = [1, 1]
array CONTROL_TO[2] = [1, 0]
array CONTEXTS_FROM[2] = [1, 1]
array CONTEXTS_TO[2] = [0, 0]
array GUIDES_FROM[2] = [1, 1]
array GUIDES_TO[2] = [0, 0]
array DOTS_FROM[2] = [1, 1]
array DOTS_TO[2] = [0, 0]
array FAINT_FROM[2] = [6, 1]
array FAINT_TO[2] = [9, 0]
array BARS_FROM[2] = [2, 26]
array BARS_TO[2] = [5, 29]
array THIN_FROM[2] = [10, 1]
array THIN_TO[2] = [13, 0]
array NAMED_FROM[2] = [1, 1]
array NAMED_TO[2] = [0, 0]
array ROWS_FROM[2] = [14, 30]
array ROWS_TO[2] = [25, 33]
LINES = 33
array COLOUR[33] = ["#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f", "#0072b2", "#009e73", "#000000", "#6f6f6f"]
array MARK[33] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 0, 0, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]
array DASH[33] = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
LABELS = 0
array LABEL_COLOUR[1] = [0]
array LABEL_MARK[1] = [0]
array LABEL_Y[1] = [0]
array END_X[1] = [0]
array END_Y[1] = [0]
LABEL_X = 1198
KEYS = 6
array KEY_KIND[6] = ["diamond", "circle", "square", "interval", "control", "hollow"]
array KEY_X[6] = [28.00, 177.46, 293.40, 564.94, 28.00, 230.50]
array KEY_Y[6] = [88.00, 88.00, 88.00, 88.00, 108.00, 108.00]
TEXTS = 43
array TEXT[43] = ["holds: 3 of 11", "concurrence", "concurrence_wsgi", "concurrence_wsgi_greenlet", "as fast as the client: 2 of 11", "state_threads", "syncless", "fails: 1 of 11", "eventlet", "not yet known: 5 of 11", "syncless_wsgi", "node_js", "concurrence_greenlet", "eventlet_wsgi", "tornado", "requests per second", "logarithmic", "left at 65,536", "of its best rate", "holds to 65,536", "holds to 65,536", "holds to 65,536", "as fast as the client", "as fast as the client", "fails from 21,247", "not yet known", "not yet known", "not yet known", "not yet known", "not yet known", "Which servers keep their rate, up to 65,536 connections", "close mode: a new TCP connection for each request", "at 1 connection", "at its best", "at 65,536, where that is not its best", "minimum to maximum of 5 launches; of what is left: 97.5 \045 interval", "the control server\047s best", "hollow: not valid, or the client was the limit", "holds: at least 90 \045 of its best is left · as fast as the client: its own limit was not reached · fails: more than 0.1 \045 of the requests failed, or the server did · not yet known: the launches do not tell yet", "AMD EPYC, 2 cores · Linux 6.18.44-fc-v782 · 2026-12-01T06:20:00Z · benchctl 0.1.0", "close mode, client uring · window at least 500ms · median of 5 launches of each server · listen backlog 65,535 · client on CPU 1, servers on CPU 0", "Versions: State Threads 1.9, syncless 0.25 original on Stackless Python 2.7.17 (stackless, eventlet 0.33.1 on Python 3.11.2, concurrence 0.3.1 original on Stackless Python 2.7.17 (stack, node.js 20.20.2 on", "V8 11.3.244.8-node.38, concurrence 0.3.1 original on CPython 2.7.17 (greenlet 0.4.1, tornado 6.2 on Python 3.11.2"]
array TEXT_X[43] = [228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 228.77, 240.77, 395.51, 810.33, 915.73, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 1054.33, 28.00, 28.00, 58.00, 207.46, 323.40, 594.94, 58.00, 260.50, 28.00, 28.00, 28.00, 28.00, 28.00]
array TEXT_Y[43] = [159.50, 182.50, 205.50, 228.50, 251.50, 274.50, 297.50, 320.50, 343.50, 366.50, 389.50, 412.50, 435.50, 458.50, 481.50, 132.00, 132.00, 132.00, 132.00, 182.50, 205.50, 228.50, 274.50, 297.50, 343.50, 389.50, 412.50, 435.50, 458.50, 481.50, 34.00, 60.00, 88.00, 88.00, 88.00, 88.00, 108.00, 108.00, 549.00, 565.00, 581.00, 597.00, 613.00]
array TEXT_FONT[43] = [FONT.':Bold,12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.':Bold,12.0', FONT.',12.0', FONT.',12.0', FONT.':Bold,12.0', FONT.',12.0', FONT.':Bold,12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.':Bold,12.5', FONT.',11.0', FONT.':Bold,12.5', FONT.',11.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.':Bold,20.0', FONT.',13.5', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',12.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0', FONT.',11.0']
array TEXT_COLOUR[43] = ["#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#1a1a1a", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c", "#5c5c5c"]
array TEXT_ALIGN[43] = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]

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
