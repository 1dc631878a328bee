using System.Globalization;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Shows a demo in a terminal, drawn anew several times a second.</summary>
internal static class DemoView
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Draws until it is stopped.</summary>
    public static Task ShowAsync(DemoSource source, IAnsiConsole console, TimeProvider time, CancellationToken stop) =>
        console.Live(Draw(source.Now())).AutoClear(false).Overflow(VerticalOverflow.Crop).StartAsync(async live =>
        {
            using PeriodicTimer timer = new(Interval, time);
            while (await DemoLines.NextAsync(timer, stop))
            {
                live.UpdateTarget(Draw(source.Now()));
                live.Refresh();
            }

            live.UpdateTarget(Draw(source.Now()));
        });

    /// <summary>Draws one moment.</summary>
    public static IRenderable Draw(DemoState state)
    {
        List<IRenderable> rows = [Title(state), Figures(state), Results(state)];
        if (state.Messages.Count > 0)
        {
            rows.Add(new Panel(new Rows(state.Messages.Select(message => new Text(message, new Style(Color.Yellow))))).Header("warnings").Expand());
        }

        rows.Add(new Markup("[grey]Ctrl-C stops[/]"));
        return new Rows(rows);
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

    private static Table Results(DemoState state)
    {
        Table table = new Table().Border(TableBorder.Rounded).Expand();
        table.AddColumn("analytic");
        table.AddColumn(new TableColumn("closed").RightAligned());
        table.AddColumn("window");
        table.AddColumn("newest result");
        foreach ((string type, long closed, AnalyticResult? newest) in state.Newest)
        {
            table.AddRow(
                new Text(type),
                new Text(Number(closed, "N0")),
                new Text(newest is null ? "" : newest.IsFinal ? newest.WindowStart : $"{newest.WindowStart} so far"),
                newest is null ? new Text("waiting", new Style(Color.Grey)) : Members(newest));
        }

        return table;
    }

    private static Paragraph Members(AnalyticResult result)
    {
        Paragraph line = new();
        foreach ((string name, string value) in result.Members)
        {
            line.Append($"{name} ", new Style(Color.Grey));
            line.Append($"{value}  ");
        }

        return line;
    }

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
