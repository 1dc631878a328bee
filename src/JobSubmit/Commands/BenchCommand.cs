using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Running;
using QueryStream.Local;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>bench analytics</c>: how fast Query Analytics reads a topic.</summary>
internal static class BenchCommand
{
    public const string Analytics = "analytics";
    private const string Job = "query-analytics";
    private const string TopicByDefault = "bench-user-queries";
    private const long EventsByDefault = 5_000_000;

    public static Command Create(CommandContext context)
    {
        Command bench = new("bench", "Measure how fast a job reads a topic.");
        bench.Subcommands.Add(CreateAnalytics(context));
        return bench;
    }

    private static Command CreateAnalytics(CommandContext context)
    {
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<string?> topic = new("--topic") { Description = $"The topic; filled where it is empty. Unset: {TopicByDefault}", HelpName = "T" };
        Option<long?> events = CommonOptions.Events($"How many events an empty topic is filled with ({EventsByDefault})");
        Option<int?> parallelism = CommonOptions.Parallelism();
        Option<bool> json = CommonOptions.Json();
        Option<string[]> engine = StateOptions.CreateEngine();
        Command command = new(Analytics, "Run Query Analytics over all of a topic, and report how fast it was. Settings of the job come after --.")
        {
            kafka, redis, topic, events, parallelism, json, engine,
        };
        command.SetAction((parsed, stop) =>
        {
            RunRequest request = new(RunCommand.Find(Job), JobSettings.Parse(context.Settings))
            {
                Parallelism = parsed.GetValue(parallelism),
                Kafka = parsed.GetValue(kafka),
                Redis = parsed.GetValue(redis),
                IsBounded = true,
                Json = parsed.GetValue(json),
                Options = LocalRunOptions.Default with { Engine = StateOptions.ParseEngine(parsed, engine) },
            };

            // Before the topic is filled, which takes a while.
            request.Options.Validate();

            // The option wins over the setting. The job's default topic is never filled: it may be a real one.
            request.Settings["topic"] = parsed.GetValue(topic) ?? request.Settings.GetValueOrDefault("topic", TopicByDefault);
            return RunAsync(context, request, parsed.GetValue(events) ?? EventsByDefault, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, RunRequest request, long events, CancellationToken stop)
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder();
        builder.Services.AddQueryStreamKafka().AddQueryStreamRedis();
        using (IHost host = builder.Build())
        {
            _ = request.Apply(host.Services);
            string topic = request.Settings["topic"];
            if (await IsEmptyAsync(host.Services.GetRequiredService<IKafkaClients>(), request.KafkaAddress, topic, stop))
            {
                Log.Filling(host.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(BenchCommand)), topic, events);
                await FillAsync(request.KafkaAddress, topic, events, stop);
            }
        }

        return await RunCommand.RunAsync(context, request, stop);
    }

    private static async Task<bool> IsEmptyAsync(IKafkaClients clients, string address, string topic, CancellationToken stop)
    {
        await using IKafkaAdmin admin = clients.OpenAdmin(new KafkaConnection(address, "", new Dictionary<string, string>()));
        if (await admin.FindTopicAsync(topic, stop) is not KafkaTopic found)
        {
            return true;
        }

        IReadOnlyList<KafkaWatermarks> watermarks = await admin.WatermarksAsync(topic, found.Partitions, stop);
        return watermarks.All(partition => partition.Low == partition.High);
    }

    // In a process of its own, so that CPU time and memory of the bench are those of the job alone.
    private static async Task FillAsync(string address, string topic, long events, CancellationToken stop)
    {
        string number = events.ToString(CultureInfo.InvariantCulture);
        string[] arguments =
        [
            ProduceCommand.Name, ProduceCommand.Queries,
            "--kafka", address, "--topic", topic, "--rate", ProduceCommand.AsFastAsPossible, "--events", number,
        ];
        using Process process = Process.Start(OwnProcess.Info(arguments))
            ?? throw new UsageException("The process that fills the topic could not be started.");
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop);
            string errors = await process.StandardError.ReadToEndAsync(stop);
            await output;
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0)
            {
                string error = errors.TrimEnd().Split('\n')[^1].Replace("ERROR: ", "", StringComparison.Ordinal);
                throw new UsageException($"Topic '{topic}' could not be filled: {error}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
