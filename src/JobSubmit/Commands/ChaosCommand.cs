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
using QueryStream.Local;
using QueryStream.Streams;
using QueryStream.Streams.Settings;

namespace QueryStream.JobSubmit.Commands;

/// <summary><c>chaos --local</c>: kills the process of a job again and again, and compares its outputs with what was produced.</summary>
internal static class ChaosCommand
{
    public const string Name = "chaos";

    // Settings of the job that this command sets itself, or by its own options.
    private static readonly string[] Owned = ["kafka", "redis", "topic", "output", "prefix", "channel", "window", "bounded"];

    public static Command Create(CommandContext context)
    {
        Option<bool> local = new("--local") { Description = "Run the job in processes of this machine" };
        Option<string?> kafka = CommonOptions.Kafka();
        Option<string?> redis = CommonOptions.Redis();
        Option<int?> rounds = CommonOptions.Number(
            "--rounds", $"How often the process is killed after it has recovered. Unset: {ChaosRequest.RoundsByDefault}", 1, 10_000);
        Option<int?> rate = CommonOptions.Number("--rate", $"Events a second. Unset: {ChaosRequest.RateByDefault}", 1, 1_000_000);
        Option<int?> keys = CommonOptions.Number("--keys", $"How many keys the events have. Unset: {ChaosRequest.KeysByDefault}", 1, 1_000_000);
        Option<ulong> seed = CommonOptions.Seed();
        seed.Description = "Decides the keys of the events, and how long each process lives";
        Option<int?> parallelism = CommonOptions.Parallelism();
        Option<string?> folder = new("--dir")
        {
            Description = "Where the run has its folder, with checkpoints and the log of the job. Unset: that of temporary files",
            HelpName = "DIR",
        };
        Option<bool> keep = new("--keep")
        {
            Description = "Keep topics, keys in Redis and the folder; else they are removed, the folder only if all is well",
        };
        Option<bool> json = CommonOptions.Json();
        Option<string[]> engine = StateOptions.CreateEngine();
        Command command = new(
            Name,
            "Kill the process of the job event-counts at random moments while events are produced, and check that each event counts exactly once. "
            + "Settings of the job come after --.")
        {
            local, kafka, redis, rounds, rate, keys, seed, parallelism, folder, keep, json, engine,
        };
        command.SetAction((parsed, stop) =>
        {
            if (!parsed.GetValue(local))
            {
                throw new UsageException("There are no remote clusters yet: add --local to run the job in processes of this machine.");
            }

            return RunAsync(
                context,
                new ChaosRequest
                {
                    Rounds = parsed.GetValue(rounds) ?? ChaosRequest.RoundsByDefault,
                    Rate = parsed.GetValue(rate) ?? ChaosRequest.RateByDefault,
                    Keys = parsed.GetValue(keys) ?? ChaosRequest.KeysByDefault,
                    Seed = parsed.GetValue(seed),
                    Parallelism = parsed.GetValue(parallelism),
                    Directory = parsed.GetValue(folder) ?? Path.GetTempPath(),
                    Keep = parsed.GetValue(keep),
                    Json = parsed.GetValue(json),
                    Engine = StateOptions.ParseEngine(parsed, engine),
                    Settings = JobSettings.Parse(context.Settings),
                },
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

        await context.Terminal.Out.WriteLineAsync(request.Json ? report.ToJson() : report.ToText());
        if (report.Differences.Count > 0)
        {
            throw new ChaosException(
                $"The job has not counted each event exactly once: {report.Differences.Count} differences. Its log is {request.LogPath}.");
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
        (LocalRunOptions.Default with { Engine = request.Engine }).Validate();
        JobDescription job = RunCommand.Find(JobProcess.Job);
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
