using System.CommandLine;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Client;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>logs</c>: the last lines that a process of the cluster has logged.</summary>
internal static class LogsCommand
{
    private const int DefaultLines = 100;
    private const int MaxLines = 1_000_000;

    public static Command Create(CommandContext context)
    {
        Argument<string?> worker = new("WORKER")
        {
            Description = "The worker's name; querystream cluster show lists them. Unset: the coordinator that leads",
            Arity = ArgumentArity.ZeroOrOne,
        };
        Option<int?> lines = CommonOptions.Number("--lines", $"How many lines at most. Unset: {DefaultLines}", 1, MaxLines, "-n");
        Option<bool> json = new("--json") { Description = "Print one JSON object" };
        ClusterOption cluster = new();
        Command command = new("logs", "Show the last lines of the log of the coordinator, or of a worker.") { worker, lines, json };
        cluster.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using ClusterClient client = cluster.Connect(parsed);
            string? name = parsed.GetValue(worker);
            string text = await client.LogAsync(name, parsed.GetValue(lines) ?? DefaultLines, stop);
            await context.Terminal.Out.WriteAsync(parsed.GetValue(json) ? $"{ToJson(name, text)}\n" : text);
            return 0;
        });
        return command;
    }

    private static string ToJson(string? worker, string text) => JsonText.Of(json =>
    {
        json.WriteString("role", worker is null ? "coordinator" : "worker");
        if (worker is not null)
        {
            json.WriteString("worker", worker);
        }

        json.WriteStartArray("lines");
        Array.ForEach(text.Split('\n', StringSplitOptions.None)[..^1], json.WriteStringValue);
        json.WriteEndArray();
    });
}
