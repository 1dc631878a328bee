using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using QueryStream.Checkpoints.Inspection;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Connectors.Redis;
using QueryStream.Coordinator;
using QueryStream.Core.Errors;
using QueryStream.JobSubmit.Checkpoints;
using Spectre.Console;

namespace QueryStream.JobSubmit.Commands;

/// <summary>
/// <c>checkpoint inspect PATH</c> and <c>checkpoint verify PATH</c>: stored checkpoints and savepoints. Nothing is written, and no lock taken.
/// </summary>
internal static class CheckpointCommand
{
    private const int Sound = 0;
    private const int Damaged = 1;

    public static Command Create(CommandContext context) => new("checkpoint", "Look at a stored checkpoint or savepoint.")
    {
        Create(context, "inspect", "Show what a checkpoint holds: vertices, state, positions of sources, and what became of all rows.", InspectAsync),
        Create(context, "verify", "Read all of a checkpoint and compare its checksums. Exit code 0 if it is sound, else 1.", VerifyAsync),
    };

    private static Command Create(
        CommandContext context,
        string name,
        string description,
        Func<Terminal, ICheckpointStorage, CheckpointManifest, bool, CancellationToken, Task<int>> run)
    {
        Argument<string> path = new("PATH")
        {
            Description = "The directory of a checkpoint (.../JOB/chk-ID) or savepoint, or that of a job for its latest one; or "
                + "redis://HOST:PORT/JOB/chk-ID",
        };
        Option<bool> json = new("--json") { Description = "Print one JSON object" };
        Command command = new(name, description) { path, json };
        command.SetAction(async (parsed, stop) =>
        {
            HostApplicationBuilder builder = CommandContext.CreateBuilder();
            builder.Services.AddQueryStreamCoordinator().AddQueryStreamRedis();
            using IHost host = builder.Build();
            CheckpointPath at = CheckpointPath.Parse(parsed.GetValue(path)!);
            ICheckpointStorage storage = host.Services.GetRequiredService<CheckpointStorages>().Get(at.Storage);
            CheckpointManifest manifest = await storage.ReadAsync(await at.ResolveAsync(storage, stop), stop);
            return await run(context.Terminal, storage, manifest, parsed.GetValue(json), stop);
        });
        return command;
    }

    private static async Task<int> InspectAsync(
        Terminal terminal, ICheckpointStorage storage, CheckpointManifest manifest, bool json, CancellationToken stop)
    {
        CheckpointView view = await CheckpointView.ReadAsync(storage, manifest, stop);
        if (view.Problems.Count > 0)
        {
            await RequireStoredAsync(storage, manifest, stop);
        }

        if (json)
        {
            await terminal.Out.WriteLineAsync(CheckpointJson.Of(view));
        }
        else
        {
            CheckpointText.Write(terminal.Out, TextTable.WidthOf(terminal), view);
        }

        foreach (string problem in view.Problems.Select(problem => problem.Message))
        {
            terminal.WriteError(problem);
        }

        return view.Problems.Count == 0 ? Sound : Damaged;
    }

    private static async Task<int> VerifyAsync(
        Terminal terminal, ICheckpointStorage storage, CheckpointManifest manifest, bool json, CancellationToken stop)
    {
        CheckpointVerification verification = await CheckpointVerification.RunAsync(storage, manifest, stop);
        if (verification.DamagedChunks.Count > 0)
        {
            await RequireStoredAsync(storage, manifest, stop);
        }

        string path = CheckpointPath.Of(storage, new StoredCheckpoint(manifest.Job, manifest.Id));
        if (json)
        {
            await terminal.Out.WriteLineAsync(CheckpointJson.Of(path, manifest, verification));
        }
        else
        {
            CheckpointText.Write(terminal.Out, path, manifest, verification);
        }

        if (verification.DamagedChunks.Count == 0)
        {
            return Sound;
        }

        terminal.WriteError(
            $"Checkpoint {manifest.Id} of job '{manifest.JobName}' cannot be restored: {verification.DamagedChunks.Count} of its "
            + $"{verification.Chunks} chunks are damaged. Start from another checkpoint or savepoint.");
        return Damaged;
    }

    // A running job deletes its older checkpoints, which is no damage.
    private static async Task RequireStoredAsync(ICheckpointStorage storage, CheckpointManifest manifest, CancellationToken stop)
    {
        IReadOnlyList<StoredCheckpoint> stored = await storage.ListAsync(stop);
        StoredCheckpoint checkpoint = new(manifest.Job, manifest.Id);
        if (!stored.Contains(checkpoint))
        {
            throw new DamagedCheckpointException(
                $"{CheckpointPath.Of(storage, checkpoint)} was deleted while it was read, since the job has completed newer checkpoints: try again, "
                + "or set execution.checkpointing.num-retained higher.");
        }
    }
}
