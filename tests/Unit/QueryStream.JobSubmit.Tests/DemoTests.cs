using Microsoft.Extensions.Logging;
using QueryStream.Coordinator;
using QueryStream.JobSubmit.Demo;
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
        Warnings = ["Kafka is away"],
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
        string text = string.Join('\n', Draw(State, 160, 30));

        string[] parts =
        [
            "Query Analytics Streaming RUNNING", "throughput 1,000/s", "12,345", "watermark lag 1.3 s", "query_text học phí [kỳ 2]", "11:30:00…",
            "query_count 12  avg 41.26  none –", "waiting", "Kafka is away", "Ctrl-C stops",
        ];
        foreach (string part in parts)
        {
            Assert.Contains(part, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(160)]
    public void At_every_width_each_result_has_its_first_metric_on_one_line_that_fits(int width)
    {
        DemoState state = Ten();
        string[] lines = Draw(state, width, 24);

        // A full line would move the cursor on.
        Assert.All(lines, line => Assert.True(line.Length < width, line));
        Assert.Equal(10, lines.Count(line => line.Contains("query_count 12", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(15)]
    [InlineData(10)]
    [InlineData(3)]
    [InlineData(1)]
    public void A_low_terminal_shows_what_matters_most_and_says_what_it_leaves_out(int height)
    {
        string[] lines = Draw(Ten(), 80, height);

        Assert.True(lines.Length <= height, $"{lines.Length} lines");
        Assert.StartsWith("Query Analytics Streaming RUNNING", lines[0], StringComparison.Ordinal);
        Assert.Equal(height >= 15, lines.Count(line => line.Contains("query_count", StringComparison.Ordinal)) == 10);
        Assert.Equal(height is < 15 and > 4, lines.Any(line => line.Contains("more: make the terminal higher", StringComparison.Ordinal)));
        Assert.Equal(height > 3, lines.Any(line => line.Contains("Kafka is away", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_job_that_has_ended_is_not_to_be_stopped() =>
        Assert.DoesNotContain(Draw(State with { Status = JobStatus.Finished }, 80, 24), line => line.Contains("Ctrl-C", StringComparison.Ordinal));

    [Fact]
    public void The_end_of_a_metric_that_does_not_fit_is_an_ellipsis_and_no_letter_loses_its_diacritic()
    {
        // "học" with its diacritics as characters of their own.
        string message = Message.Replace(
            "học phí [kỳ 2]", "ho\u0323c phi\u0301 ho\u0323c phi\u0301 ho\u0323c phi\u0301 ho\u0323c phi\u0301", StringComparison.Ordinal);
        DemoState state = State with { Newest = [("popular_queries", 4, AnalyticResult.Parse(Text.From(message)))] };

        for (int width = 40; width < 100; width++)
        {
            string line = Draw(state, width, 24).Single(line => line.Contains("query_count 1", StringComparison.Ordinal));
            Assert.DoesNotContain("o…", line, StringComparison.Ordinal);
            Assert.DoesNotContain("i…", line, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_rate_is_that_of_the_last_seconds()
    {
        ManualTime time = new();
        RateMeter meter = new(time);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(100, meter.Sample(100));
        for (int second = 0; second < 10; second++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            meter.Sample(100);
        }

        Assert.Equal(0, meter.Sample(100));
    }

    [Fact]
    public void The_first_screen_comes_back_once_and_nothing_is_drawn_on_it()
    {
        using StringWriter output = new();
        AlternateScreen screen = new(output);

        screen.Leave();
        screen.Draw(() => output.Write("before"));
        screen.Enter();
        screen.Draw(() => output.Write("frame"));
        screen.Leave();
        screen.Leave();
        screen.Draw(() => output.Write("after"));

        Assert.Equal("\e[?1049h\e[?25lframe\e[?25h\e[?1049l", output.ToString());
    }

    [Fact]
    public void The_last_warnings_of_the_log_are_kept_where_the_terminal_is_drawn_on()
    {
        using RecentWarnings log = new(new ManualTime());
        Write(log, LogLevel.Information, "started", null);
        for (int number = 1; number <= 5; number++)
        {
            Write(log, LogLevel.Warning, $"warning\n{number}", null);
        }

        Write(log, LogLevel.Error, "failed", new IOException("no\nfile"));

        Assert.Equal(["00:00:00 warning 3", "00:00:00 warning 4", "00:00:00 warning 5", "00:00:00 failed: no file"], log.Lines);
    }

    private static DemoState Ten() => State with
    {
        Newest =
        [
            .. Enumerable.Range(0, 10).Select(
                number => (number == 0 ? "popular_queries_by_year" : "heatmap", 1_000L, AnalyticResult.Parse(Text.From(Message)))),
        ],
    };

    private static string[] Draw(DemoState state, int width, int height)
    {
        using StringWriter output = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Ansi = AnsiSupport.No });
        console.Profile.Width = width;
        foreach (Spectre.Console.Paragraph line in DemoFrame.Of(state, width, height).Lines)
        {
            console.Write(line);
            console.WriteLine();
        }

        return output.ToString().Split(Environment.NewLine)[..^1];
    }

    private static void Write(RecentWarnings log, LogLevel level, string message, Exception? exception) =>
        log.Log(level, default, message, exception, static (text, _) => text);
}
