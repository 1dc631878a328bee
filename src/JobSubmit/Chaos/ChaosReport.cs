using System.Text;
using System.Text.Json;

namespace QueryStream.JobSubmit.Chaos;

/// <summary>The result of a run.</summary>
/// <param name="Request">The run.</param>
internal sealed record ChaosReport(ChaosRequest Request)
{
    /// <summary>The number of kills.</summary>
    public required int Kills { get; init; }

    /// <summary>The number of completed checkpoints.</summary>
    public required long Checkpoints { get; init; }

    /// <summary>How many processes started from a checkpoint.</summary>
    public required long Restores { get; init; }

    /// <summary>How long the run took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>How long events were produced.</summary>
    public required TimeSpan Producing { get; init; }

    /// <summary>The produced events.</summary>
    public required ProducedEvents Events { get; init; }

    /// <summary>The differences between the output and the expected output.</summary>
    public required Differences Differences { get; init; }

    /// <summary>The recovery of each round.</summary>
    public required IReadOnlyList<Recovery> Recoveries { get; init; }

    private double EventsPerSecond => Events.Count / Math.Max(Producing.TotalSeconds, 0.001);

    private string Result => Differences.Count == 0 ? "equal" : "different";

    /// <summary>The report as lines.</summary>
    public string ToText()
    {
        StringBuilder text = new();
        AppendLine($"Chaos: {(Differences.Count == 0 ? "EXACTLY ONCE" : "DIFFERENT")} after {Duration.TotalSeconds:0.0} s");
        AppendLine($"  rounds    {Request.Rounds:N0}, {Kills:N0} kills, {Restores:N0} restores of {Checkpoints:N0} checkpoints");
        AppendLine($"  events    {Events.Count:N0} ({EventsPerSecond:N0} a second) of {Events.Totals.Count:N0} keys, seed {Request.Seed}");
        AppendLine($"  recovery  of Kafka's output {Describe(recovery => recovery.Kafka)}; of Redis's {Describe(recovery => recovery.Redis)}");
        AppendLine($"  of these  {Describe(recovery => recovery.Submitted)}, until the job is submitted");
        AppendLine(
            $"  expected  {Events.Count:N0} events in the topic, {Events.Totals.Count:N0} counts and {Events.Windows.Count:N0} windows in Redis");
        AppendLine($"  found     {Counts()}");
        foreach (string line in Differences.Lines)
        {
            AppendLine($"  {line}");
        }

        long others = Differences.Count - Differences.Lines.Count;
        if (others > 0)
        {
            AppendLine($"  and {others:N0} more");
        }

        return text.ToString().TrimEnd();

        void AppendLine(FormattableString line) => text.AppendLine(FormattableString.Invariant(line));
    }

    /// <summary>The report as one line of JSON.</summary>
    public string ToJson()
    {
        using MemoryStream bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteString("result", Result);
            json.WriteNumber("rounds", Request.Rounds);
            json.WriteNumber("kills", Kills);
            json.WriteNumber("restores", Restores);
            json.WriteNumber("checkpoints", Checkpoints);
            json.WriteNumber("events", Events.Count);
            json.WriteNumber("events_per_second", Math.Round(EventsPerSecond, 1));
            json.WriteNumber("keys", Events.Totals.Count);
            json.WriteNumber("windows", Events.Windows.Count);
            json.WriteNumber("seed", Request.Seed);
            json.WriteNumber("seconds", Math.Round(Duration.TotalSeconds, 3));
            json.WriteStartObject("recovery");
            WriteRecovery(json, "kafka", recovery => recovery.Kafka);
            WriteRecovery(json, "redis", recovery => recovery.Redis);
            WriteRecovery(json, "submitted", recovery => recovery.Submitted);
            json.WriteEndObject();
            json.WriteStartObject("differences");
            foreach (DifferenceKind kind in Enum.GetValues<DifferenceKind>())
            {
                json.WriteNumber(NameOf(kind), Differences.CountOf(kind));
            }

            json.WriteStartArray("examples");
            foreach (string line in Differences.Lines)
            {
                json.WriteStringValue(line);
            }

            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private (TimeSpan P50, TimeSpan Max) Of(Func<Recovery, TimeSpan> part)
    {
        TimeSpan[] sorted = [.. Recoveries.Select(part).Order()];
        return (sorted[(sorted.Length - 1) / 2], sorted[^1]);
    }

    private string Describe(Func<Recovery, TimeSpan> part)
    {
        (TimeSpan p50, TimeSpan max) = Of(part);
        return FormattableString.Invariant($"{p50.TotalMilliseconds:N0} ms p50, {max.TotalMilliseconds:N0} ms max");
    }

    private string Counts() => Differences.Count == 0 ? "all of them, each once" : string.Join(
        ", ", Enum.GetValues<DifferenceKind>().Select(kind => FormattableString.Invariant($"{Differences.CountOf(kind):N0} {NameOf(kind)}")));

    private static string NameOf(DifferenceKind kind) => kind.ToString().ToLowerInvariant();

    private void WriteRecovery(Utf8JsonWriter json, string name, Func<Recovery, TimeSpan> part)
    {
        (TimeSpan p50, TimeSpan max) = Of(part);
        json.WriteStartObject(name);
        json.WriteNumber("p50_ms", Math.Round(p50.TotalMilliseconds));
        json.WriteNumber("max_ms", Math.Round(max.TotalMilliseconds));
        json.WriteEndObject();
    }
}

/// <summary>How long a process took to recover, measured from its start.</summary>
/// <param name="Submitted">The time until the job was submitted.</param>
/// <param name="Kafka">The time until its first record could be read from the topic.</param>
/// <param name="Redis">The time until it published a running count that was higher than all earlier ones.</param>
internal readonly record struct Recovery(TimeSpan Submitted, TimeSpan Kafka, TimeSpan Redis);
