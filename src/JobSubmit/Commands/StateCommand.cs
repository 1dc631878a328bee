using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using QueryStream.Core.Time;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;
using QueryStream.Rest;
using QueryStream.Rest.Model;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>state get JOB OPERATOR KEY</c>: the state of one key of a running job.</summary>
internal static class StateCommand
{
    public static Command Create(CommandContext context)
    {
        Command command = new("state", "Look into the state of jobs that run.");
        command.Subcommands.Add(CreateGet(context));
        return command;
    }

    private static Command CreateGet(CommandContext context)
    {
        Argument<string> job = new("JOB") { Description = "The job's id, or the name of a job that runs" };
        Argument<string> operatorName = new("OPERATOR")
        {
            Description = "The operator's name or id; cluster shards JOB lists those with keyed state",
        };
        Argument<string> key = new("KEY") { Description = "The key: a text without quotes, a number, …; a tuple or record as JSON" };
        Option<bool> keyJson = new("--key-json") { Description = "KEY is JSON as it stands; null is a key without a value" };
        Option<bool> json = new("--json") { Description = "Print one JSON object, that of GET /jobs/ID/state/OPERATOR" };
        Option<string> timeout = new("--timeout")
        {
            Description = "How long the owner of the key may take, for example while it restarts",
            HelpName = "DURATION",
            DefaultValueFactory = static _ => "10s",
        };
        Command command = new("get", "Show the state of one key as the task that owns it has it now.")
        {
            job, operatorName, key, keyJson, json, timeout,
        };
        ClusterOption cluster = new();
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            if (!Durations.TryParse(parsed.GetValue(timeout)!, out TimeSpan limit))
            {
                throw new UsageException($"--timeout {parsed.GetValue(timeout)} is no duration. Write 10s or 1min.");
            }

            using ClusterClient client = cluster.Connect(parsed);
            string id = await JobIdOfAsync(client, parsed.GetValue(job)!, stop);
            KeyStateResponse state = await client.KeyStateAsync(
                id, parsed.GetValue(operatorName)!, parsed.GetValue(key)!, parsed.GetValue(keyJson), limit, stop);
            if (parsed.GetValue(json))
            {
                await context.Terminal.Out.WriteLineAsync(RestJson.ToText(state, RestJson.Default.KeyStateResponse));
            }
            else
            {
                Write(context.Terminal.Out, state);
            }

            return 0;
        });
        return command;
    }

    /// <summary>The id of a job that is given by its id, or by the name of one that has not ended.</summary>
    /// <exception cref="UsageException">There is none, or several.</exception>
    public static async Task<string> JobIdOfAsync(ClusterClient client, string job, CancellationToken stop)
    {
        if (ClusterOption.IsJobId(job))
        {
            return job.ToLowerInvariant();
        }

        JobOverview[] running = [.. (await client.JobsAsync(stop)).Where(one => !RemoteJob.HasEnded(one.State))];
        JobOverview[] found = [.. running.Where(one => one.Name == job)];
        string there = string.Join(", ", running.Select(one => $"'{one.Name}'"));
        return found switch
        {
            [var one] => one.Id,
            [] => throw new UsageException($"No job '{job}' runs. {(running.Length == 0 ? "None does." : $"There are: {there}.")}"),
            _ => throw new UsageException($"{found.Length} jobs '{job}' run: give the id of one: {string.Join(", ", found.Select(one => one.Id))}."),
        };
    }

    private static void Write(TextWriter output, KeyStateResponse state)
    {
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{state.Operator}, key {TextOf(state.Key)}: key group {state.KeyGroup}, {state.Task}, attempt {state.Attempt}, "
            + $"on {state.Worker}/{state.Slot}, watermark {state.Watermark}"));
        foreach (JsonElement one in state.States?.EnumerateArray() ?? default)
        {
            WriteState(output, one, "  ");
        }

        if (state.Windows is null && state.States is null)
        {
            output.WriteLine("  no open window");
        }

        foreach (JsonElement window in state.Windows?.EnumerateArray() ?? default)
        {
            WriteWindow(output, window);
        }
    }

    private static void WriteState(TextWriter output, JsonElement state, string indent)
    {
        string content = state.TryGetProperty("exists", out JsonElement exists) && !exists.GetBoolean() ? "none"
            : state.TryGetProperty("value", out JsonElement value) ? TextOf(value)
            : TextOf(ElementsOf(state));
        string size = state.TryGetProperty("size", out JsonElement count) ? $" of {TextOf(count)}" : "";
        string more = IsTruncated(state) ? ", …" : "";
        output.WriteLine($"{indent}{TextOf(state.GetProperty("name"))} ({TextOf(state.GetProperty("kind"))}{size}): {content}{more}");
    }

    private static void WriteWindow(TextWriter output, JsonElement window)
    {
        if (!window.TryGetProperty("start", out JsonElement start))
        {
            output.WriteLine("  …");
            return;
        }

        string content = window.TryGetProperty("value", out JsonElement value)
            ? $"{TextOf(value)}, accumulator {TextOf(window.GetProperty("accumulator"))}"
            : $"{TextOf(window.GetProperty("size"))} rows {TextOf(ElementsOf(window))}{(IsTruncated(window) ? ", …" : "")}";
        output.WriteLine($"  {TextOf(start)} to {TextOf(window.GetProperty("end"))}, {TextOf(window.GetProperty("kind"))}, "
            + $"{(window.GetProperty("fired").GetBoolean() ? "fired" : "open")}: {content}");
        foreach (JsonElement state in window.TryGetProperty("states", out JsonElement states) ? states.EnumerateArray() : default)
        {
            WriteState(output, state, "    ");
        }
    }

    private static bool IsTruncated(JsonElement one) => one.TryGetProperty("truncated", out JsonElement truncated) && truncated.GetBoolean();

    private static JsonElement ElementsOf(JsonElement one) =>
        one.TryGetProperty("values", out JsonElement values) ? values
        : one.TryGetProperty("entries", out JsonElement entries) ? entries
        : one.GetProperty("rows");

    // Texts stand without quotes, as KEY is written.
    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
