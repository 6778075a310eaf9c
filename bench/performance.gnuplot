# What performance.csv says: ours / floor with its quartiles, beside the goal; and
# the seconds of all contenders. The caller sets csv and svg.

set datafile separator comma
set datafile columnheaders
stats csv using 0 nooutput
rows = STATS_records

set terminal svg size 1100,(120 + 21 * rows) font "sans,11" background "white"
set output svg
set multiplot
set yrange [rows:-1]
set logscale x
set grid xtics ytics lc rgb "#d3d7cf"
set tics nomirror
set bmargin 6
set tmargin 3

# A value of a row that counts seconds.
seconds(key) = strcol("unit") eq "s" && strlen(strcol(key)) > 0 ? column(key) : NaN

set title "ours / floor, with quartiles"
set lmargin at screen 0.28
set rmargin at screen 0.53
set key at screen 0.405,0.03 center horizontal
set xrange [0.8:5]
set xtics (1, "" 1.25, 1.5, 2, 3, 5)
plot csv using (seconds("ratio")):0:"low":"high":yticlabels(1) \
        with xerrorbars pt 7 ps 0.5 lc rgb "#204a87" title "measured", \
    csv using (seconds("goal")):0 with points pt 2 ps 0.7 lc rgb "#cc0000" title "goal"

set title "time of each"
set lmargin at screen 0.56
set rmargin at screen 0.98
set key at screen 0.77,0.03 center horizontal
set xrange [2e-8:0.2]
set xtics ("100 ns" 1e-7, "1 µs" 1e-6, "10 µs" 1e-5, "100 µs" 1e-4, "1 ms" 1e-3, "10 ms" 1e-2, "100 ms" 1e-1)
set ytics 1
set format y ""
marks = "7 6 1 4 5 8 9 12"
colors = "#204a87 #555753 #4e9a06 #75507b #c4a000 #ce5c00 #cc0000 #06989a"
contenders = "ours floor pipe socket tsv thread file sysv"
plot for [i = 1:words(contenders)] csv using (seconds(word(contenders, i))):0 \
    with points pt int(word(marks, i)) ps 0.6 lc rgb word(colors, i) title word(contenders, i)
