using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.JobSubmit.Demo;
using QueryStream.Local;
using QueryStream.TestKit;
using Spectre.Console;
using Text = QueryStream.Core.Texts.Text;

namespace QueryStream.JobSubmit.Tests;

public sealed class DemoTests
{
    private const string Message =
        """{"type":"popular_queries","key":"k","data":{"type":"popular_queries","query_text":"học phí [kỳ 2]","window_start":"2025-12-09T11:30:00","window_end":"2025-12-09T11:30:30","query_count":12,"avg":41.256,"none":null,"final":false}}""";

    private static readonly DemoState State = new("Query Analytics Streaming", JobStatus.Running, new JobMetrics
    {
        RecordsRead = 12_345,
        Counters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["updates"] = 77, ["late"] = 5 },
        DeadLetters = new SortedDictionary<string, long>(StringComparer.Ordinal) { ["a"] = 1, ["b"] = 2 },
    }, 1_000)
    {
        WatermarkLag = TimeSpan.FromSeconds(1.25),
        Newest = [("faculty", 3, null), ("popular_queries", 4, AnalyticResult.Parse(Text.From(Message)))],
        Messages = ["Kafka is away"],
    };

    [Fact]
    public void A_result_keeps_its_group_and_metrics_and_their_letters()
    {
        AnalyticResult result = AnalyticResult.Parse(Text.From(Message))!;

        Assert.Equal(("11:30:00", false), (result.WindowStart, result.IsFinal));
        Assert.Equal([("query_text", "học phí [kỳ 2]"), ("query_count", "12"), ("avg", "41.26"), ("none", "–")], result.Members);
    }

    [Fact]
    public void Without_a_terminal_a_line_says_it_all()
    {
        string line = DemoLines.Line(State, 0, new DateTimeOffset(2025, 12, 9, 11, 30, 1, TimeSpan.Zero));

        Assert.Equal(
            "11:30:01  1,000/s  events 12,345  results 7  updates 77  watermark lag 1.3 s  late 5  dead letters 3"
                + "  popular_queries 11:30:00 so far: query_text học phí [kỳ 2], query_count 12, avg 41.26, none –",
            line);
    }

    [Fact]
    public void The_view_shows_figures_results_and_warnings()
    {
        string text = Draw(160);

        foreach (string part in (string[])["Query Analytics Streaming RUNNING", "1,000/s", "12,345", "1.3 s", "học phí [kỳ 2]", "11:30:00 so far", "waiting", "Kafka is away"])
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(133)]
    public void A_narrow_terminal_cuts_results_and_adds_no_lines(int width)
    {
        string[] lines = Draw(width).Split(Environment.NewLine);

        Assert.Equal(Draw(200).Split(Environment.NewLine).Length, lines.Length);

        // Where the terminal echoes ^C, two cells must be free.
        Assert.All(lines, line => Assert.True(line.Length <= width - 2, line));
        Assert.Equal(width < 130, lines.Any(line => line.Contains('…', StringComparison.Ordinal)));
    }

    [Fact]
    public void A_speed_is_that_of_the_last_seconds()
    {
        ManualTime time = new();
        Speedometer speed = new(time);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(100, speed.Sample(100));
        for (int second = 0; second < 10; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            speed.Sample(100);
        }

        Assert.Equal(0, speed.Sample(100));
    }

    [Fact]
    public void Lines_of_the_log_are_taken_where_the_terminal_is_drawn_on()
    {
        using StringWriter output = new();
        using LineLoggers loggers = new(output, LogLevel.Information, new ManualTime());
        ILogger log = loggers.CreateLogger("x");
        List<string> taken = [];

        loggers.Redirect = (_, message) => taken.Add(message);
        Write(log, "one");
        loggers.Redirect = null;
        Write(log, "two");

        Assert.Equal(["one"], taken);
        Assert.Equal($"00:00:00.000 INFO  two{Environment.NewLine}", output.ToString());
    }

    private static string Draw(int width)
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        console.Write(DemoView.Draw(State, width));
        return output.ToString();
    }

    private static void Write(ILogger log, string message) => log.Log(LogLevel.Information, default, message, null, static (text, _) => text);
}
