using System.Globalization;
using System.Text;
using System.Text.Json;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Chaos.Rounds;
using QueryStream.JobSubmit.Commands;
using Spectre.Console;

namespace QueryStream.JobSubmit.Chaos.Reports;

/// <summary>Writes a report as text, as JSON and as Markdown.</summary>
internal static class ReportFormats
{
    private const string Markdown = ".md";
    private const string Json = ".json";
    private const string Plain = ".txt";

    /// <summary>Checks the name of a file for a report, before a run that takes minutes.</summary>
    /// <exception cref="UsageException">Its extension names no format, or its folder is missing.</exception>
    public static void RequireFile(string path)
    {
        if (Path.GetExtension(path) is not (Markdown or Json or Plain))
        {
            throw new UsageException($"Option '--report': '{path}' is not allowed. Allowed: a file FILE{Markdown}, FILE{Json} or FILE{Plain}.");
        }

        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new UsageException($"Option '--report': there is no folder {folder}. Create it, or name another file.");
        }
    }

    /// <summary>The report in the format of a file, by its extension.</summary>
    public static string ForFile(ChaosReport report, string path) => Path.GetExtension(path) switch
    {
        Markdown => ToMarkdown(report),
        Json => $"{ToJson(report)}\n",
        _ => $"{ToText(report, width: null)}\n",
    };

    /// <summary>The report as lines and tables.</summary>
    /// <param name="report">The report.</param>
    /// <param name="width">That of the terminal; null: none, as in a file.</param>
    public static string ToText(ChaosReport report, int? width)
    {
        ReportContent content = new(report);
        using StringWriter text = new(CultureInfo.InvariantCulture);
        text.WriteLine(content.Headline);
        foreach ((string name, string value) in content.Figures)
        {
            text.WriteLine($"  {name,-9} {value}");
        }

        foreach (string line in content.Lines)
        {
            text.WriteLine($"  {line}");
        }

        foreach (ReportTable part in content.Tables)
        {
            Table table = TextTable.New(part.Columns);
            foreach (string[] row in part.Rows)
            {
                TextTable.Add(table, row);
            }

            text.WriteLine();
            TextTable.Write(text, width, part.Title, table);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The report as Markdown.</summary>
    public static string ToMarkdown(ChaosReport report)
    {
        ReportContent content = new(report);
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"# {content.Headline}\n\n");
        foreach ((string name, string value) in content.Figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"- **{name}**: {Escape(value)}\n");
        }

        foreach (string line in content.Lines)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Escape(line)}\n");
        }

        foreach (ReportTable table in content.Tables)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {table.Title}\n\n");
            AppendRow(table.Columns.Select(column => column.TrimStart('!')));
            AppendRow(table.Columns.Select(column => column[0] == '!' ? "---:" : "---"));
            foreach (string[] row in table.Rows)
            {
                AppendRow(row.Select(Escape));
            }
        }

        return text.ToString();

        void AppendRow(IEnumerable<string> cells) => text.Append(CultureInfo.InvariantCulture, $"| {string.Join(" | ", cells)} |\n");
    }

    /// <summary>The report as one line of JSON.</summary>
    public static string ToJson(ChaosReport report) => JsonText.Of(json =>
    {
        json.WriteString("result", report.IsEqual ? "equal" : "different");
        json.WriteNumber("kills", report.Kills);
        json.WriteNumber("faults", report.Faults.Count);
        json.WriteNumber("restores", report.Restores);
        json.WriteNumber("checkpoints", report.Checkpoints);
        json.WriteNumber("events", report.Events.Count);
        json.WriteNumber("events_per_second", Math.Round(report.EventsPerSecond, 1));
        json.WriteNumber("keys", report.Events.Totals.Count);
        json.WriteNumber("windows", report.Events.Windows.Count);
        json.WriteNumber("seed", report.Request.Seed);
        json.WriteNumber("seconds", Math.Round(report.Duration.TotalSeconds, 3));
        json.WriteStartObject("recovery");
        foreach (PhaseStatistics phase in report.Recovery)
        {
            json.WriteStartObject(phase.Name);
            json.WriteNumber("count", phase.Count);
            WriteMilliseconds(json, "p50_ms", phase.P50);
            WriteMilliseconds(json, "p95_ms", phase.P95);
            WriteMilliseconds(json, "max_ms", phase.Max);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("outputs");
        foreach (OutputSummary output in report.Outputs)
        {
            Write(json, output);
        }

        json.WriteEndObject();
        json.WriteObjects("rounds", report.Rounds, Write);
        json.WriteStartObject("differences");
        foreach ((string name, long count) in report.Counts)
        {
            json.WriteNumber(name, count);
        }

        WriteTexts(json, "examples", report.Differences.Lines);
        json.WriteEndObject();
        WriteTexts(json, "remarks", report.Remarks);
    });

    private static void Write(Utf8JsonWriter json, ChaosRound round)
    {
        json.WriteObjects("faults", round.Faults, static (writer, fault) =>
        {
            writer.WriteString("kind", FaultKinds.NameOf(fault.Kind));
            writer.WriteString("moment", fault.Moment.ToString().ToLowerInvariant());
            writer.WriteString("process", fault.Process);
        });
        json.WriteObjects("recoveries", round.Recoveries, static (writer, recovery) =>
        {
            foreach (Phase phase in recovery)
            {
                WriteMilliseconds(writer, $"{phase.Name}_ms", phase.Duration);
            }
        });
        Write(json, "kafka", round.Topic);
        Write(json, "redis", round.Redis);
    }

    private static void Write(Utf8JsonWriter json, string name, OutputImpact impact)
    {
        json.WriteStartObject(name);
        WriteMilliseconds(json, "downtime_ms", impact.Downtime);
        json.WriteNumber("baseline_per_second", Math.Round(impact.BaselineRate, 1));
        if (impact.Throughput is double throughput)
        {
            json.WriteNumber("throughput_percent", Math.Round(throughput, 1));
        }

        Write(json, [("before", impact.Before), ("during", impact.During), ("after", impact.After)]);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OutputSummary output)
    {
        json.WriteStartObject(output.Name);
        json.WriteStartObject("downtime");
        WriteMilliseconds(json, "p50_ms", output.Downtime(0.5));
        WriteMilliseconds(json, "p95_ms", output.Downtime(0.95));
        WriteMilliseconds(json, "max_ms", output.Downtime(1));
        json.WriteEndObject();
        json.WriteNumber("baseline_per_second", Math.Round(output.Baseline, 1));
        if (output is { Throughput: double median, MinThroughput: double min })
        {
            json.WriteStartObject("throughput_percent");
            json.WriteNumber("p50", Math.Round(median, 1));
            json.WriteNumber("min", Math.Round(min, 1));
            json.WriteEndObject();
        }

        Write(json, output.Latencies);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<(string Interval, LatencyHistogram Latencies)> intervals)
    {
        foreach ((string interval, LatencyHistogram latencies) in intervals)
        {
            if (latencies.Percentile(0.5) is { } p50 && latencies.Percentile(0.99) is { } p99)
            {
                json.WriteStartObject($"latency_{interval}");
                WriteMilliseconds(json, "p50_ms", p50);
                WriteMilliseconds(json, "p99_ms", p99);
                json.WriteEndObject();
            }
        }
    }

    private static void WriteMilliseconds(Utf8JsonWriter json, string name, TimeSpan duration) =>
        json.WriteNumber(name, Math.Round(duration.TotalMilliseconds));

    private static void WriteTexts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }

    private static string Escape(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
