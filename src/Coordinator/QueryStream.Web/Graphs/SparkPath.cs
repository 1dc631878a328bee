using System.Globalization;
using System.Text;

namespace QueryStream.Web.Graphs;

/// <summary>Draws values as lines of SVG.</summary>
internal static class SparkPath
{
    /// <summary>One line, and the area below it, for each run of values without gaps.</summary>
    /// <param name="values">The values, the oldest first; NaN is a gap.</param>
    /// <param name="capacity">How many fill the width; the last one is at the right end.</param>
    /// <param name="width">The width.</param>
    /// <param name="height">The height, of the largest value.</param>
    public static IEnumerable<(string Line, string Area)> Of(IReadOnlyList<double> values, int capacity, double width, double height)
    {
        double max = Math.Max(values.Where(value => !double.IsNaN(value)).DefaultIfEmpty(0).Max(), double.Epsilon);
        double step = width / Math.Max(1, capacity - 1);
        for (int at = 0; at < values.Count; at++)
        {
            int from = at;
            StringBuilder line = new();
            for (; at < values.Count && !double.IsNaN(values[at]); at++)
            {
                double x = width - ((values.Count - 1 - at) * step);
                double y = height - 1 - ((height - 2) * Math.Max(0, values[at]) / max);
                line.Append(at == from ? 'M' : 'L').Append(Text(x)).Append(' ').Append(Text(y));
            }

            if (at > from)
            {
                string left = Text(width - ((values.Count - 1 - from) * step));
                string right = Text(width - ((values.Count - at) * step));
                yield return (line.ToString(), $"{line}L{right} {Text(height)}L{left} {Text(height)}Z");
            }
        }
    }

    private static string Text(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
