using QueryStream.Checkpoints.Chunks;
using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Storage;
using QueryStream.Core.Actors;
using QueryStream.Core.Identity;
using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Graph;
using QueryStream.Streams.Settings;
using QueryStream.Wire.Control;
using QueryStream.Worker.Recovery;
using QueryStream.Worker.Tasks;

namespace QueryStream.Worker.Agent;

/// <summary>Deploys tasks for the agent: checks the deployment, builds the graph outside of turns, and starts the tasks.</summary>
/// <param name="options">The worker's options.</param>
/// <param name="services">The services that tasks use.</param>
/// <param name="runner">Starts one task.</param>
internal sealed class TaskDeployer(WorkerOptions options, WorkerServices services, ITaskRunner runner)
{
    private readonly LocalSegments _local = new(options.LocalState);
    private ActorCell<AgentMessage>? _agent;
    private TaskEnvironment? _environment;

    private ActorCell<AgentMessage> Agent => _agent ?? throw new InvalidOperationException("The agent has not been started.");

    /// <summary>Called in the agent's first turn.</summary>
    public void Attach(ActorCell<AgentMessage> agent)
    {
        _agent = agent;
        _environment = new TaskEnvironment(services.Channels, new TaskEventForwarder(agent), services.Clients, services.Loggers)
        {
            ChannelMemory = options.ChannelMemory == 0 ? long.MaxValue : options.ChannelMemory / options.Slots,
            Segments = (storage, job) => _local.Over(services.Storages.Get(storage).SegmentsOf(job)),
        };
    }

    /// <summary>Says why the worker must refuse a deployment; null if it accepts it.</summary>
    public string? ReasonToRefuse(HostedRegion region, IReadOnlyList<HostedRegion> others, bool stopping)
    {
        if (stopping)
        {
            return $"Worker {options.Worker} is stopping.";
        }

        foreach (SlotId slot in region.Placements.Select(task => task.Slot).Distinct())
        {
            if (slot.Index < 0 || slot.Index >= options.Slots)
            {
                return $"Worker {options.Worker} has no slot {slot.Index}: it has 0 to {options.Slots - 1}.";
            }

            HostedRegion? holder = others.FirstOrDefault(other => other.Deployment.Job != region.Deployment.Job
                && other.State != HostedRegionState.Ended && other.Placements.Any(task => task.Slot == slot));
            if (holder is not null)
            {
                return $"Slot {slot} is in use by job {holder.Deployment.Job}.";
            }
        }

        return null;
    }

    /// <summary>Builds the graph of the job; the result arrives as <see cref="AgentMessage.GraphBuilt"/>.</summary>
    public void BuildGraph(JobId job, JobPlan plan)
    {
        JobGraphBuild build = new(services.Loader, plan.Reference, new JobSettings(plan.Settings), plan.Parallelism);
        Agent.Start(build.RunAsync, failure => new AgentMessage.GraphBuilt(job, plan, build, failure));
    }

    /// <summary>
    /// Reads the manifest of the checkpoint that a region restores, once for all of its tasks here; the result arrives as
    /// <see cref="AgentMessage.ManifestRead"/>.
    /// </summary>
    public void ReadManifest(DeployTasks deployment, RestorePlan restore)
    {
        CheckpointStorages storages = services.Storages;
        Agent.Start(
            cancellationToken => ReadAsync(storages, _local, restore, cancellationToken),
            result => new AgentMessage.ManifestRead(deployment.Job, deployment.Attempt, result));
    }

    /// <summary>Starts the tasks that are placed on this worker, and lets other tasks connect to them.</summary>
    /// <returns>Why a task could not be started; null if all were. After a failure, the caller cancels the started tasks.</returns>
    public Exception? TryStart(HostedRegion region)
    {
        try
        {
            TaskLocations locations = new(region.Deployment);
            region.Locations = locations;
            region.Start(deployment =>
            {
                TaskHandle handle = runner.Start(Agent.Executor, deployment, _environment!);
                services.Channels.Add(handle.Endpoint, locations);
                return handle;
            });
            return null;
        }
        catch (Exception e)
        {
            // Code of the job may have thrown. The coordinator gets the exception and fails the job.
            return e;
        }
    }

    /// <summary>Forgets the state of a job that has ended.</summary>
    public void Forget(JobId job) => _local.Forget(job);

    private static async Task<RestoredCheckpoint> ReadAsync(
        CheckpointStorages storages, LocalSegments local, RestorePlan restore, CancellationToken cancellationToken)
    {
        ICheckpointStorage storage = storages.Get(restore.Storage);
        StoredCheckpoint checkpoint = new(restore.Job, restore.Checkpoint);
        CheckpointManifest manifest = await storage.ReadAsync(checkpoint, cancellationToken).ConfigureAwait(false);
        return new RestoredCheckpoint(manifest.State, restore.Storage, new ChunkReader(local.Over(storage.SegmentsOf(restore.Job))));
    }

    /// <summary>Tasks have moved at the other ends of a task's channels.</summary>
    public void Relocate(DeployedTask task, IReadOnlyDictionary<TaskId, Attempt> moved, TaskLocations locations)
    {
        task.Endpoint.Move(moved);
        services.Channels.Relocate(task.Endpoint, locations);
    }

    /// <summary>Closes tasks to connections of other tasks.</summary>
    public void Disconnect(IEnumerable<DeployedTask> tasks)
    {
        foreach (DeployedTask task in tasks)
        {
            services.Channels.Remove(task.Endpoint);
        }
    }
}
