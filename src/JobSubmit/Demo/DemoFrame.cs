using System.Globalization;
using QueryStream.Coordinator;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QueryStream.JobSubmit.Demo;

/// <summary>A demo's state as lines that fit into a width and a height.</summary>
internal sealed class DemoFrame
{
    private const int TypeWidth = 23;
    private const int ClosedWidth = 7;
    private const int WindowWidth = 9;
    private const int ClosedFrom = 72; // the terminal widths from which these columns, and the names of groups, are shown
    private const int WindowFrom = 96;
    private const int GroupNamesFrom = 130;
    private const string Gap = "  ";
    private const string Ellipsis = "…";

    private static readonly Style Grey = new(Color.Grey);
    private static readonly Style Bold = new(decoration: Decoration.Bold);
    private static readonly Style Green = new(Color.Green);
    private static readonly Style Yellow = new(Color.Yellow);

    private readonly List<Paragraph> _lines = [];
    private readonly int _width;

    // One cell less: a full line would move the cursor to the next one on some terminals.
    private DemoFrame(int width) => _width = Math.Max(1, width - 1);

    /// <summary>The lines, from top to bottom.</summary>
    public IReadOnlyList<Paragraph> Lines => _lines;

    /// <summary>Lays out a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="width">The terminal's width in cells.</param>
    /// <param name="height">The terminal's height in lines.</param>
    public static DemoFrame Of(DemoState state, int width, int height)
    {
        DemoFrame frame = new(width);
        frame.AddTitle(state);
        frame.AddFigures(state);
        int left = Math.Max(0, height - frame._lines.Count);
        int warnings = Math.Min(state.Warnings.Count, Math.Max(1, left - state.Newest.Count - 1));
        frame.AddResults(state.Newest, Math.Max(0, left - warnings));
        foreach (string warning in state.Warnings.TakeLast(warnings))
        {
            frame.Add((warning, Yellow));
        }

        // The most important lines are at the top.
        if (frame._lines.Count > height)
        {
            frame._lines.RemoveRange(height, frame._lines.Count - height);
        }

        return frame;
    }

    private void AddTitle(DemoState state) => Add(
        (state.Job, Bold),
        (" ", Style.Plain),
        (state.Status.ToString().ToUpperInvariant(), Green),
        ($" {Number(state.Metrics.RunningFor.TotalSeconds, "0")} s", Style.Plain),
        (state.Status is JobStatus.Initializing or JobStatus.Created or JobStatus.Running ? $"{Gap}Ctrl-C stops" : "", Grey));

    // Figures go to the next line if they do not fit on this one.
    private void AddFigures(DemoState state)
    {
        (string Name, string Value)[] figures =
        [
            ("throughput", $"{Number(state.EventsPerSecond, "N0")}/s"),
            ("events", Number(state.Metrics.RecordsRead, "N0")),
            ("watermark lag", state.WatermarkLag is TimeSpan lag ? $"{Number(lag.TotalSeconds, "0.0")} s" : "-"),
            ("results", Number(state.Closed, "N0")),
            ("updates", Number(state.Counter("updates"), "N0")),
            ("late", Number(state.Counter("late"), "N0")),
            ("dead letters", Number(state.Metrics.DeadLetters.Values.Sum(), "N0")),
        ];
        List<(string Text, Style Style)> line = [];
        foreach ((string name, string value) in figures)
        {
            (string, Style)[] parts = [(line.Count > 0 ? Gap : "", Style.Plain), ($"{name} ", Grey), (value, Bold)];
            if (line.Count > 0 && Cells(line) + Cells(parts) > _width)
            {
                Add([.. line]);
                line.Clear();
                parts[0] = ("", Style.Plain);
            }

            line.AddRange(parts);
        }

        Add([.. line]);
    }

    private void AddResults(IReadOnlyList<(string Type, long Closed, AnalyticResult? Newest)> analytics, int height)
    {
        if (height < 2)
        {
            return;
        }

        bool hasClosed = _width >= ClosedFrom;
        bool hasWindow = _width >= WindowFrom;
        string closedTitle = hasClosed ? $"{"closed",ClosedWidth}{Gap}" : "";
        string windowTitle = hasWindow ? $"{"window",-WindowWidth}{Gap}" : "";
        Add(($"{Fit("analytic", TypeWidth)}{Gap}{closedTitle}{windowTitle}newest result", Grey));
        int shown = analytics.Count <= height - 1 ? analytics.Count : Math.Max(0, height - 2);
        foreach ((string type, long closed, AnalyticResult? newest) in analytics.Take(shown))
        {
            List<(string Text, Style Style)> line = [(Fit(type, Math.Min(TypeWidth, _width / 2)), Style.Plain), (Gap, Style.Plain)];
            if (hasClosed)
            {
                line.Add(($"{Number(closed, "N0").PadLeft(ClosedWidth)}{Gap}", Style.Plain));
            }

            if (hasWindow)
            {
                // An ellipsis marks a window that is still open.
                string window = newest is null ? "" : newest.IsFinal ? newest.WindowStart : newest.WindowStart + Ellipsis;
                line.Add(($"{Fit(window, WindowWidth)}{Gap}", Style.Plain));
            }

            AddNewest(line, newest, _width - Cells(line));
            Add([.. line]);
        }

        if (shown < analytics.Count)
        {
            Add(($"{Ellipsis} {analytics.Count - shown} more: make the terminal higher", Grey));
        }
    }

    // The first metric is always shown: a narrow terminal cuts the group instead. Further metrics are shown as far as they fit.
    private void AddNewest(List<(string Text, Style Style)> line, AnalyticResult? newest, int width)
    {
        if (newest is null)
        {
            line.Add((Cut("waiting", width), Grey));
            return;
        }

        bool hasGroupNames = _width >= GroupNamesFrom;
        string group = string.Join(Gap, newest.Group.Select(member => hasGroupNames ? $"{member.Name} {member.Value}" : member.Value));
        int firstMetric = newest.Metrics.Count > 0 ? Cells($"{newest.Metrics[0].Name} {newest.Metrics[0].Value}") + Gap.Length : 0;
        group = Cut(group, Math.Max(0, width - firstMetric));
        line.Add((group, Style.Plain));
        int left = width - Cells(group);
        for (int i = 0; i < newest.Metrics.Count; i++)
        {
            (string name, string value) = newest.Metrics[i];
            int gap = group.Length > 0 || i > 0 ? Gap.Length : 0;
            int more = i + 1 < newest.Metrics.Count ? Ellipsis.Length + 1 : 0;
            int cells = gap + Cells($"{name} {value}");
            if (i > 0 && cells + more > left)
            {
                line.Add((left > Ellipsis.Length ? $" {Ellipsis}" : "", Grey));
                return;
            }

            line.Add((Gap[..gap], Style.Plain));
            line.Add((Cut($"{name} ", left - gap), Grey));
            line.Add((Cut(value, left - gap - Cells($"{name} ")), Style.Plain));
            left -= cells;
        }
    }

    private void Add(params (string Text, Style Style)[] parts)
    {
        Paragraph line = new();
        int left = _width;
        foreach ((string text, Style style) in parts)
        {
            string cut = Cut(text, left);
            line.Append(cut, style);
            left -= Cells(cut);
        }

        _lines.Add(line);
    }

    private static int Cells(IEnumerable<(string Text, Style Style)> parts) => parts.Sum(part => Cells(part.Text));

    private static int Cells(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    private static string Fit(string text, int width)
    {
        string cut = Cut(text, width);
        return cut + new string(' ', Math.Max(0, width - Cells(cut)));
    }

    // Cuts a text to a width, and ends it with an ellipsis. It cuts between text elements, so that no letter loses its diacritic.
    private static string Cut(string text, int width)
    {
        if (Cells(text) <= width)
        {
            return text;
        }

        string cut = "";
        TextElementEnumerator elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext() && Cells(cut + elements.Current) <= width - Ellipsis.Length)
        {
            cut += elements.Current;
        }

        return width < Ellipsis.Length ? "" : cut + Ellipsis;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
