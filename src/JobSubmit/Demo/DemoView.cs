using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Shows a demo in a terminal, drawn anew several times a second.</summary>
internal static class DemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private const int TypeWidth = 23;
    private const int ClosedWidth = 9;
    private const int WindowWidth = 15;
    private const int LeastNewestWidth = 10;
    private const string Space = " ";
    private const string Gap = "  ";
    private const string Ellipsis = "…";

    // The terminal writes ^C where the view ends when Ctrl-C is pressed; without room for it the line would break, and the view leave
    // its first line behind.
    private const int EchoWidth = 2;

    // Five lines, and a space on each side of four columns.
    private const int FrameWidth = 13;

    /// <summary>Draws until it is stopped.</summary>
    public static Task ShowAsync(DemoSource source, IAnsiConsole console, TimeProvider time, CancellationToken stop) =>
        console.Live(Draw(source.Now(), console.Profile.Width)).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            using PeriodicTimer timer = new(Interval, time);
            while (await DemoLines.NextAsync(timer, stop))
            {
                live.UpdateTarget(Draw(source.Now(), console.Profile.Width));
                live.Refresh();
            }

            live.UpdateTarget(Draw(source.Now(), console.Profile.Width));
        });

    /// <summary>Draws one moment.</summary>
    /// <param name="state">What to draw.</param>
    /// <param name="terminalWidth">In cells.</param>
    public static IRenderable Draw(DemoState state, int terminalWidth)
    {
        int width = terminalWidth - EchoWidth;
        List<IRenderable> rows = [Title(state), Figures(state), Results(state, width)];
        if (state.Messages.Count > 0)
        {
            rows.Add(new Panel(new Rows(state.Messages.Select(message => new Text(message, new Style(Color.Yellow))))).Header("warnings").Expand());
        }

        rows.Add(new Markup("[grey]Ctrl-C stops[/]"));
        Grid frame = new Grid().AddColumn(new GridColumn().Width(width).PadLeft(0).PadRight(0));
        rows.ForEach(row => frame.AddRow(row));
        return frame;
    }

    private static Rule Title(DemoState state)
    {
        string status = state.Status.ToString().ToUpperInvariant();
        return new Rule($"[bold]{Markup.Escape(state.Job)}[/] [green]{status}[/] {Number(state.Metrics.RunningFor.TotalSeconds, "0")} s").LeftJustified();
    }

    private static Grid Figures(DemoState state)
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
        Grid grid = new();
        grid.AddColumns(figures.Length);
        grid.AddRow([.. figures.Select(figure => new Text(figure.Name, new Style(Color.Grey)))]);
        grid.AddRow([.. figures.Select(figure => new Text(figure.Value, new Style(decoration: Decoration.Bold)))]);
        return grid;
    }

    // Fixed widths and one line a result, cut where the terminal is narrow: a view whose rows come and go would jump.
    private static Table Results(DemoState state, int width)
    {
        int newestWidth = Math.Max(LeastNewestWidth, width - TypeWidth - ClosedWidth - WindowWidth - FrameWidth);
        Table table = new Table().Border(TableBorder.Rounded);
        table.AddColumn(new TableColumn("analytic").Width(TypeWidth));
        table.AddColumn(new TableColumn("closed").Width(ClosedWidth).RightAligned());
        table.AddColumn(new TableColumn("window").Width(WindowWidth));
        table.AddColumn(new TableColumn("newest result").Width(newestWidth));
        foreach ((string type, long closed, AnalyticResult? newest) in state.Newest)
        {
            table.AddRow(
                new Text(type),
                new Text(Number(closed, "N0")),
                new Text(newest is null ? "" : newest.IsFinal ? newest.WindowStart : $"{newest.WindowStart} so far"),
                newest is null ? new Text("waiting", new Style(Color.Grey)) : Members(newest, newestWidth));
        }

        return table;
    }

    // A cut line ends with an ellipsis, also where the cut is between two members.
    private static Paragraph Members(AnalyticResult result, int width)
    {
        Paragraph line = new();
        int length = result.Members.Sum(member => member.Name.Length + Space.Length + member.Value.Length + Gap.Length) - Gap.Length;
        bool fits = length <= width;
        int left = fits ? width : width - Ellipsis.Length;
        foreach ((string name, string value) in result.Members)
        {
            left = Append(line, name + Space, new Style(Color.Grey), left);
            left = Append(line, value + Gap, Style.Plain, left);
        }

        return fits ? line : line.Append(Ellipsis);
    }

    private static int Append(Paragraph line, string text, Style style, int left)
    {
        string part = text[..Math.Min(text.Length, left)];
        line.Append(part, style);
        return left - part.Length;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
