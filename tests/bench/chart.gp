# chart.gp - what each way costs against bare, row by row.
#
#	gnuplot -e "data='FILE'; out='FILE'; about='TEXT'" chart.gp
set terminal svg size 1200,560 font 'sans-serif,13' background '#ffffff'
set output out
set datafile separator tab
set datafile missing '-'
set title about noenhanced font ',12'
set style data histograms
set style histogram errorbars gap 2 lw 1
set style fill solid 0.85 noborder
set errorbars 0.4 lc rgb '#444444'
set logscale y
set yrange [0.9:*]
set ytics (1, 1.2, 1.5, 2, 3, 5, 10, 20, 50, 100)
set ylabel 'time against bare (median, quartiles)'
set grid ytics lc rgb '#cccccc'
set xtics noenhanced nomirror
set key outside bottom center horizontal noenhanced
set arrow from graph 0, first 1 to graph 1, first 1 nohead lc rgb '#444444'
array colour[9] = ['#1b6ca8', '#12466b', '#0a2a40', '#7fb3d5', '#a9cce3', \
    '#c0392b', '#e67e22', '#8e44ad', '#f1c40f']
plot for [i = 1:9] data using (column(3 * i - 1)):(column(3 * i)):(column(3 * i + 1)):xticlabels(1) \
    title columnheader(3 * i - 1) lc rgb colour[i]
