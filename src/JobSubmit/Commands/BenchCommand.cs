using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using QueryStream.Connectors.Kafka;
using QueryStream.JobSubmit.Arguments;
using QueryStream.Local;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>bench analytics</c>: how fast Query Analytics works off a topic.</summary>
internal static class BenchCommand
{
    public const string Analytics = "analytics";
    private const string Job = "query-analytics";
    private const string TopicByDefault = "bench-user-queries";
    private const long EventsByDefault = 5_000_000;

    public static Command Create(CommandContext context)
    {
        Command bench = new("bench", "Measure how fast a job works off a topic.");
        bench.Subcommands.Add(CreateAnalytics(context));
        return bench;
    }

    private static Command CreateAnalytics(CommandContext context)
    {
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<string?> topic = new("--topic") { Description = $"The topic; filled where it is empty. Unset: {TopicByDefault}", HelpName = "T" };
        Option<long?> events = CommonOptions.Events($"How many events an empty topic is filled with ({EventsByDefault})");
        Option<int> parallelism = CommonOptions.Parallelism(CommonOptions.ParallelismOfMachine());
        Option<bool> json = CommonOptions.Json();
        Command command = new(Analytics, "Query Analytics, bounded, over all of a topic. Settings of the job may stand behind --.") { kafka, redis, topic, events, parallelism, json };
        command.SetAction((parsed, stop) =>
        {
            RunRequest request = new(RunCommand.Find(Job), SettingArguments.Parse(context.Settings), parsed.GetValue(parallelism))
            {
                Kafka = parsed.GetValue(kafka),
                Redis = parsed.GetValue(redis),
                IsBounded = true,
                Json = parsed.GetValue(json),
            };

            // The option comes before the setting; the job's own default is a topic that is not to be filled by chance.
            request.Settings["topic"] = parsed.GetValue(topic) ?? request.Settings.GetValueOrDefault("topic", TopicByDefault);
            return RunAsync(context, request, parsed.GetValue(events) ?? EventsByDefault, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, RunRequest request, long events, CancellationToken stop)
    {
        _ = request.ToPlan();
        string topic = request.Settings["topic"];
        using (LineLoggers loggers = context.CreateLoggers(request.Json))
        {
            if (await IsEmptyAsync(new LibrdkafkaClients(context.Time, loggers), request.KafkaAddress, topic, stop))
            {
                Log.Filling(loggers.CreateLogger(nameof(BenchCommand)), topic, events);
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

    // In a process of its own, so that what is measured is the job alone: its memory, its processor time.
    private static async Task FillAsync(string address, string topic, long events, CancellationToken stop)
    {
        string number = events.ToString(CultureInfo.InvariantCulture);
        string[] arguments = [ProduceCommand.Name, ProduceCommand.Queries, "--kafka", address, "--topic", topic, "--rate", ProduceCommand.AsFastAsItGoes, "--events", number];
        ProcessStartInfo start = new(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        }

        Array.ForEach(arguments, start.ArgumentList.Add);
        using Process process = Process.Start(start) ?? throw new UsageException("The process that fills the topic could not be started.");
        try
        {
            Task<string> output = process.StandardOutput.ReadToEndAsync(stop);
            string errors = await process.StandardError.ReadToEndAsync(stop);
            await output;
            await process.WaitForExitAsync(stop);
            if (process.ExitCode != 0)
            {
                throw new UsageException($"Topic '{topic}' could not be filled: {errors.TrimEnd().Split('\n')[^1].Replace("ERROR: ", "", StringComparison.Ordinal)}");
            }
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }
}
