using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Kafka;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Coordinator.Checkpoints;
using QueryStream.Jobs;
using QueryStream.JobSubmit.Arguments;
using QueryStream.JobSubmit.Chaos;
using QueryStream.JobSubmit.Chaos.Reports;
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary>
/// <c>chaos</c>: kills and freezes the processes of a cluster again and again, with <c>--local</c> the one process of a job, and compares the outputs
/// of the job with what was produced.
/// </summary>
internal static class ChaosCommand
{
    public const string Name = "chaos";

    // Settings of the job that this command sets itself, or by its own options.
    private static readonly string[] Owned = ["kafka", "redis", "topic", "output", "prefix", "channel", "window", "bounded"];

    public static Command Create(CommandContext context)
    {
        Option<bool> local = new("--local") { Description = "Run the job in one process without a cluster, which is killed" };
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<int?> rounds = CommonOptions.Number(
            "--rounds", $"How often there is a fault after the job has recovered. Unset: {ChaosRequest.RoundsByDefault}", 1, 10_000);
        Option<int?> rate = CommonOptions.Number("--rate", $"Events a second. Unset: {ChaosRequest.RateByDefault}", 1, 1_000_000);
        Option<int?> keys = CommonOptions.Number("--keys", $"How many keys the events have. Unset: {ChaosRequest.KeysByDefault}", 1, 1_000_000);
        Option<ulong> seed = CommonOptions.Seed();
        seed.Description = "Decides the keys of the events, and the faults with their moments";
        Option<int?> parallelism = CommonOptions.Parallelism();
        parallelism.Description = "The parallelism of the job. Unset: one subtask per worker, with --local one per core, at most 16";
        Option<string?> folder = new("--dir")
        {
            Description = "Where the run has its folder, with checkpoints and the logs of the processes. Unset: that of temporary files",
            HelpName = "DIR",
        };
        Option<bool> keep = new("--keep")
        {
            Description = "Keep topics, keys in Redis and the folder; else they are removed, the folder only if all is well",
        };
        Option<bool> json = CommonOptions.Json();
        Option<string[]> engine = StateOptions.CreateEngine();
        Option<string?> reportFile = new("--report")
        {
            Description = "A file that gets the report too, as Markdown, JSON or text",
            HelpName = "FILE.md|.json|.txt",
        };
        ChaosClusterOptions cluster = new();
        Command command = new(
            Name,
            "Kill and freeze the processes of a cluster at random moments, while its job event-counts counts events, and check that each event "
            + "counts exactly once. Settings of the job come after --.")
        {
            local, kafka, redis, rounds, rate, keys, seed, parallelism, folder, keep, json, reportFile, engine,
        };
        cluster.AddTo(command);
        command.SetAction((parsed, stop) =>
        {
            return RunAsync(
                context,
                cluster.ApplyTo(parsed, parsed.GetValue(local), new ChaosRequest
                {
                    Rounds = parsed.GetValue(rounds) ?? ChaosRequest.RoundsByDefault,
                    Rate = parsed.GetValue(rate) ?? ChaosRequest.RateByDefault,
                    Keys = parsed.GetValue(keys) ?? ChaosRequest.KeysByDefault,
                    Seed = parsed.GetValue(seed),
                    Parallelism = parsed.GetValue(parallelism),
                    Directory = parsed.GetValue(folder) ?? Path.GetTempPath(),
                    Keep = parsed.GetValue(keep),
                    Json = parsed.GetValue(json),
                    ReportPath = parsed.GetValue(reportFile),
                    Engine = StateOptions.ParseEngine(parsed, engine),
                    Settings = JobSettings.Parse(context.Settings),
                }),
                (parsed.GetValue(kafka), parsed.GetValue(redis)),
                stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(
        CommandContext context, ChaosRequest request, (string? Kafka, string? Redis) addresses, CancellationToken stop)
    {
        HostApplicationBuilder builder = CommandContext.CreateBuilder(
            ($"{KafkaClientOptions.Section}:{nameof(KafkaClientOptions.BootstrapServers)}", addresses.Kafka),
            ($"{RedisClientOptions.Section}:{nameof(RedisClientOptions.Address)}", addresses.Redis));
        builder.Services.AddQueryStreamCoordinator().AddQueryStreamKafka().AddQueryStreamRedis();
        using IHost host = builder.Build();
        request = request with
        {
            Kafka = host.Services.GetRequiredService<IKafkaClients>().BootstrapServers,
            Redis = host.Services.GetRequiredService<IRedisConnections>().Address,
        };
        await CheckAsync(request, host.Services.GetRequiredService<CheckpointStorages>(), stop);
        CreateFolder(request);
        ChaosReport report;
        try
        {
            report = await ChaosRun.RunAsync(
                request,
                host.Services.GetRequiredService<IKafkaClients>(),
                host.Services.GetRequiredService<RedisClientOptions>(),
                context.Time,
                host.Services.GetRequiredService<ILogger<ChaosRun>>(),
                stop);
        }
        catch (ChaosException e) when (e.LogTail.Length > 0)
        {
            await context.Terminal.Error.WriteLineAsync(e.LogTail);
            throw;
        }
        catch (Exception e) when (e is not ChaosException && !request.Keep)
        {
            // There are no differences, so nobody needs the folder.
            Directory.Delete(request.Folder, recursive: true);
            throw;
        }

        await context.Terminal.Out.WriteLineAsync(
            request.Json ? ReportFormats.ToJson(report) : ReportFormats.ToText(report, TextTable.WidthOf(context.Terminal)));
        if (request.ReportPath is { } path)
        {
            await File.WriteAllTextAsync(path, ReportFormats.ForFile(report, path), stop);
        }

        if (!report.IsEqual)
        {
            string kept = Path.Combine(request.Folder, "report.txt");
            await File.WriteAllTextAsync(kept, ReportFormats.ForFile(report, kept), stop);
            throw new ChaosException(
                $"The job has not counted each event exactly once: {report.Differences.Count} differences, with seed {request.Seed}. "
                + $"Its log is {request.LogPath}.");
        }

        if (!request.Keep)
        {
            Directory.Delete(request.Folder, recursive: true);
        }

        return 0;
    }

    // Checks that need nothing to be created.
    private static async Task CheckAsync(ChaosRequest request, CheckpointStorages storages, CancellationToken stop)
    {
        if (request.ReportPath is { } path)
        {
            ReportFormats.RequireFile(path);
        }

        if (!request.IsLocal && OperatingSystem.IsWindows())
        {
            throw new UsageException($"'{Name}' of a cluster needs Linux or macOS, whose signals freeze processes: add --local, or use WSL.");
        }

        (LocalRunOptions.Default with { Engine = request.Engine }).Validate();
        JobDescription job = RunCommand.Find(ChaosRequest.Job);
        SettingArguments.RequireKnown(job, request.Settings.Keys);
        if (request.Settings.Keys.FirstOrDefault(Owned.Contains) is { } owned)
        {
            throw new UsageException($"'{Name}' sets '{owned}' itself.");
        }

        _ = StreamBuilder.Build(job.Create(), new JobSettings(request.JobSettings));
        if (request.Storage is { } address && (await storages.Get(address).ListAsync(stop)).Count > 0)
        {
            // "latest" must find checkpoints of this run only.
            throw new UsageException(
                $"There are checkpoints in {address} already: set {CheckpointSettings.DirectoryName} to an empty place, or leave it unset.");
        }
    }

    private static void CreateFolder(ChaosRequest request)
    {
        try
        {
            Directory.CreateDirectory(request.Folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"The folder {request.Folder} cannot be created: {e.Message} Name another one with --dir.");
        }
    }
}
