using System.Globalization;
using System.Text;

namespace QueryStream.Web.Graphs;

/// <summary>Draws edges as curves of SVG.</summary>
internal static class EdgeCurve
{
    // Room for the point of the arrow.
    private const double End = 2;

    /// <summary>A curve through the points of an edge: flat at each of them.</summary>
    public static string Of(IReadOnlyList<LayoutPlace> points)
    {
        StringBuilder path = new();
        path.Append(CultureInfo.InvariantCulture, $"M{points[0].X:0.#} {points[0].Y:0.#}");
        for (int i = 1; i < points.Count; i++)
        {
            double x = i == points.Count - 1 ? points[i].X - End : points[i].X;
            double middle = (points[i - 1].X + x) / 2;
            path.Append(CultureInfo.InvariantCulture, $"C{middle:0.#} {points[i - 1].Y:0.#} {middle:0.#} {points[i].Y:0.#} ");
            path.Append(CultureInfo.InvariantCulture, $"{x:0.#} {points[i].Y:0.#}");
        }

        return path.ToString();
    }

    /// <summary>Where the label of an edge is: in the middle of its first piece.</summary>
    public static LayoutPlace LabelOf(IReadOnlyList<LayoutPlace> points) =>
        new((points[0].X + points[1].X) / 2, (points[0].Y + points[1].Y) / 2);
}
