package io.packcache.examples.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.batik.dom.GenericDOMImplementation;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGGraphics2DIOException;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Lines by frame as SVG, in colours that can be read on white and on black. */
final class Plot {

    private static final int WIDTH = 760;
    private static final int HEIGHT = 320;
    private static final float WIDEST = 5;
    private static final float THINNEST = 1.5f;
    private static final Color INK = new Color(0x7a7a7a);
    private static final Color GRID = new Color(128, 128, 128, 60);
    private static final Color[] LINES = {
        new Color(0x3b82d6),
        new Color(0xd97a1e),
        new Color(0x2f9e58),
        new Color(0xc2478f),
        new Color(0x8a6fd1),
        new Color(0x9a8b1f),
        new Color(0x2a9aa3),
        new Color(0xcc4b4b)
    };

    private Plot() {}

    /**
     * One line per policy, the first frame at 1.
     *
     * @return an {@code <svg>} element; nothing if no line has a number
     */
    static String svg(String across, String up, Map<String, ? extends List<? extends Number>> lines) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .xAxisTitle(across)
                .yAxisTitle(up)
                .build();
        style(chart);
        int colour = 0;
        for (Map.Entry<String, ? extends List<? extends Number>> line : lines.entrySet()) {
            List<Double> x = new ArrayList<>();
            List<Double> y = new ArrayList<>();
            List<? extends Number> values = line.getValue();
            IntStream.range(0, values.size())
                    .filter(i -> !Double.isNaN(values.get(i).doubleValue()))
                    .forEach(i -> {
                        x.add(i + 1.0);
                        y.add(values.get(i).doubleValue());
                    });
            if (!x.isEmpty()) {
                XYSeries series = chart.addSeries(line.getKey(), x, y);
                series.setMarker(SeriesMarkers.NONE);
                series.setLineColor(LINES[colour % LINES.length]);
                // Lines that coincide all show: each is thinner than those below it.
                series.setLineStyle(new BasicStroke(Math.max(THINNEST, WIDEST - colour)));
            }
            colour++;
        }
        return chart.getSeriesMap().isEmpty() ? "" : paint(chart);
    }

    private static void style(XYChart chart) {
        Font font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
        Color clear = new Color(0, 0, 0, 0);
        chart.getStyler()
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setLegendBackgroundColor(clear)
                .setLegendBorderColor(clear)
                .setLegendFont(font)
                .setChartBackgroundColor(clear)
                .setPlotBackgroundColor(clear)
                .setChartFontColor(INK);
        chart.getStyler().setPlotBorderColor(GRID);
        chart.getStyler().setXAxisDecimalPattern("0").setYAxisDecimalPattern("#,##0.####");
        chart.getStyler()
                .setPlotGridLinesColor(GRID)
                .setAxisTickLabelsColor(INK)
                .setAxisTickMarksColor(INK)
                .setAxisTickLabelsFont(font)
                .setAxisTitleFont(font);
    }

    private static String paint(XYChart chart) {
        SVGGraphics2D graphics = new SVGGraphics2D(GenericDOMImplementation.getDOMImplementation()
                .createDocument("http://www.w3.org/2000/svg", "svg", null));
        chart.paint(graphics, WIDTH, HEIGHT);
        StringWriter written = new StringWriter();
        try {
            graphics.stream(written, true);
        } catch (SVGGraphics2DIOException impossible) {
            throw new IllegalStateException(impossible);
        }
        String text = written.toString();
        String element = text.substring(text.indexOf("<svg"));
        return element.replaceFirst(
                "<svg", "<svg viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\" aria-label=\"Lines by frame\"");
    }
}
