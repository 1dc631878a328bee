using System.Globalization;

namespace QueryStream.JobSubmit.Demo;

/// <summary>Shows a demo if the output is no terminal: a line per second.</summary>
internal static class DemoLines
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>Writes lines until it is stopped.</summary>
    public static async Task ShowAsync(DemoSource source, TextWriter output, TimeProvider time, CancellationToken stop)
    {
        using PeriodicTimer timer = new(Interval, time);
        for (int second = 0; await NextAsync(timer, stop); second++)
        {
            DemoState state = source.Now();
            await output.WriteLineAsync(Line(state, second, time.GetLocalNow()));
        }
    }

    /// <summary>One line. Each shows the newest result of another analytic.</summary>
    public static string Line(DemoState state, int turn, DateTimeOffset now)
    {
        string lag = state.WatermarkLag is TimeSpan behind ? string.Create(CultureInfo.InvariantCulture, $"{behind.TotalSeconds:0.0} s") : "-";
        List<(string Type, long Closed, AnalyticResult? Newest)> known = [.. state.Newest.Where(analytic => analytic.Newest is not null)];
        string newest = known.Count == 0 ? "" : $"  {Describe(known[turn % known.Count].Type, known[turn % known.Count].Newest!)}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{now:HH:mm:ss}  {state.EventsPerSecond:N0}/s  events {state.Metrics.RecordsRead:N0}  results {state.Closed:N0}"
                + $"  updates {state.Counter("updates"):N0}  watermark lag {lag}  late {state.Counter("late"):N0}"
                + $"  dead letters {state.Metrics.DeadLetters.Values.Sum():N0}{newest}");
    }

    /// <summary>Waits for a timer.</summary>
    /// <returns>False if it was stopped.</returns>
    public static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken stop)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static string Describe(string type, AnalyticResult result)
    {
        string members = string.Join(", ", result.Members.Select(member => $"{member.Name} {member.Value}"));
        return $"{type} {result.WindowStart}{(result.IsFinal ? "" : " so far")}: {members}";
    }
}
