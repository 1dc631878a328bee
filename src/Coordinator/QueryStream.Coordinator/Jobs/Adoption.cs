using QueryStream.Checkpoints.Manifests;
using QueryStream.Checkpoints.Snapshots;
using QueryStream.Coordinator.Slots;
using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire;
using QueryStream.Wire.Control;

namespace QueryStream.Coordinator.Jobs;

/// <summary>
/// Collects what workers hold of a job that a coordinator before this one has run, and says whether all of it is there, so that the job can go on.
/// See docs/design/adoption.md. Used only in turns of the job's master.
/// </summary>
internal sealed class Adoption
{
    // By worker, in the order of their registrations. A worker holds several attempts where regions restarted apart.
    private readonly List<HeldByWorker> _held = [];

    /// <summary>The parallelism of the newest attempt; null: nothing is held.</summary>
    public int? Parallelism => _held.MaxBy(one => one.Tasks.Attempt.Number)?.Tasks.Parallelism;

    /// <summary>What workers hold.</summary>
    public IReadOnlyList<HeldByWorker> Held => _held;

    public void Add(HeldByWorker held) => _held.Add(held);

    /// <summary>A worker is lost.</summary>
    public void Remove(WorkerId worker) => _held.RemoveAll(one => one.Worker == worker);

    /// <summary>A task that is held reports its end, or its final snapshot.</summary>
    public void Update(WorkerId worker, JobReport report)
    {
        switch (report)
        {
            case TaskReport change:
                Change(worker, change.Attempt, change.Task, task => task with { State = change.State });
                break;
            case CheckpointAcknowledged { Snapshot.HasEnded: true } acknowledged:
                Change(worker, acknowledged.Attempt, acknowledged.Snapshot.Task, task => task with { Final = acknowledged.Snapshot });
                break;
        }
    }

    /// <summary>Compares what is held with the job.</summary>
    /// <param name="job">The job.</param>
    /// <param name="graph">Its graph at <see cref="Parallelism"/>.</param>
    /// <param name="latest">Its latest checkpoint, or the savepoint with which it stops; null: it has none.</param>
    /// <param name="isStopped">Whether it stops with that: then tasks may have finished without a final snapshot.</param>
    public AdoptionResult Match(JobId job, JobGraph graph, CheckpointManifest? latest, bool isStopped)
    {
        AdoptionResult.Complete complete = new(new AllocatedSlot?[graph.Slots]);
        bool isComplete = true;
        foreach (JobRegion region in JobRegion.Of(graph))
        {
            HashSet<VertexId> vertices = [.. region.Vertices.Select(vertex => vertex.Id)];
            HeldByWorker[] ofRegion = [.. _held.Where(one => one.Tasks.Tasks.Any(task => vertices.Contains(task.Placement.Vertex)))];
            if (ofRegion.Length == 0)
            {
                isComplete = false;
                continue;
            }

            // Tasks that have moved have later attempts of their own, and belong to that of their region.
            Attempt newest = new(ofRegion.Max(one => one.Region.Number));
            HeldByWorker[] current = [.. ofRegion.Where(one => one.Region == newest)];
            if (ReasonToRefuse(graph, latest, isStopped, vertices, current) is string reason)
            {
                return new AdoptionResult.Refused(reason);
            }

            isComplete &= complete.TryAdd(job, region, newest, current);
        }

        return isComplete ? complete : new AdoptionResult.Incomplete();
    }

    private static string? ReasonToRefuse(
        JobGraph graph, CheckpointManifest? latest, bool isStopped, HashSet<VertexId> vertices, HeldByWorker[] current)
    {
        Attempt newest = current[0].Region;
        if (current.FirstOrDefault(one => one.Tasks.Fingerprint != graph.Fingerprint) is { } other)
        {
            return $"worker {other.Worker} runs another graph of it";
        }

        if (current.FirstOrDefault(one => one.Tasks.IsMoving) is { } moving)
        {
            return $"subtasks of it were moving, as worker {moving.Worker} knows";
        }

        // Of an attempt that was replaced: what came after the checkpoint was processed again, and its output may be committed.
        if (latest?.Vertices.FirstOrDefault(vertex => vertices.Contains(vertex.Id) && vertex.Attempt.Number > newest.Number) is { } vertex)
        {
            return $"workers hold attempt {newest}, and checkpoint {latest.Id} is of attempt {vertex.Attempt}";
        }

        if (!isStopped && current.Any(one => one.Tasks.IsDrained))
        {
            return "it was to be drained, so windows have fired early, and its savepoint is not complete";
        }

        foreach (HeldByWorker one in current)
        {
            foreach (HeldTask task in one.Tasks.Tasks)
            {
                bool isSound = task.State == ExecutionState.Running
                    || (task.State == ExecutionState.Finished && (task.Final is not null || isStopped));
                if (!isSound && vertices.Contains(task.Placement.Vertex))
                {
                    string name = graph.Vertices.First(vertex => vertex.Id == task.Placement.Vertex).Name;
                    return $"{name} ({task.Placement.Subtask + 1}) on worker {one.Worker} is {task.State.ToString().ToUpperInvariant()}";
                }
            }
        }

        return null;
    }

    private void Change(WorkerId worker, Attempt attempt, TaskId id, Func<HeldTask, HeldTask> change)
    {
        int index = _held.FindIndex(one => one.Worker == worker && one.Tasks.Attempt == attempt);
        if (index >= 0)
        {
            HeldTasks tasks = _held[index].Tasks;
            _held[index] = _held[index] with
            {
                Tasks = tasks with
                {
                    Tasks =
                    [
                        .. tasks.Tasks.Select(task =>
                            task.Placement.Vertex == id.Vertex && task.Placement.Subtask == id.Subtask ? change(task) : task),
                    ],
                },
            };
        }
    }
}

/// <summary>What a worker holds of one attempt.</summary>
/// <param name="Worker">The worker.</param>
/// <param name="Link">The connection to it.</param>
/// <param name="Address">Where other workers reach it; null: only tasks of its own process do.</param>
/// <param name="Tasks">The tasks.</param>
internal sealed record HeldByWorker(WorkerId Worker, ILink<WorkerMessage> Link, WorkerAddress? Address, HeldTasks Tasks)
{
    /// <summary>The attempt of the tasks' region.</summary>
    public Attempt Region => Tasks.Region ?? Tasks.Attempt;
}

/// <summary>Whether a job goes on with the tasks that workers hold.</summary>
internal abstract record AdoptionResult
{
    /// <summary>Tasks are missing that a worker may hold which has not registered yet.</summary>
    public sealed record Incomplete : AdoptionResult;

    /// <summary>They cannot be taken over.</summary>
    public sealed record Refused(string Reason) : AdoptionResult;

    /// <summary>All tasks run, or have finished.</summary>
    /// <param name="Slots">The job's slots in which they do, by number.</param>
    public sealed record Complete(AllocatedSlot?[] Slots) : AdoptionResult
    {
        private readonly Dictionary<TaskId, HeldTask> _tasks = [];
        private readonly Dictionary<TaskId, Attempt> _own = [];
        private readonly Dictionary<VertexId, Attempt> _attempts = [];

        public HeldTask this[TaskId task] => _tasks[task];

        public Attempt AttemptOf(TaskId task) => _own[task];

        public Attempt AttemptOf(JobRegion region) => _attempts[region.Vertices[0].Id];

        public IEnumerable<TaskSnapshot> Final => _tasks.Values.Select(task => task.Final).OfType<TaskSnapshot>();

        /// <summary>Adds the tasks of a region.</summary>
        /// <returns>Whether all are there, each once, and in the slots of the other vertices.</returns>
        public bool TryAdd(JobId job, JobRegion region, Attempt attempt, IReadOnlyList<HeldByWorker> held)
        {
            int added = 0;
            foreach (JobVertex vertex in region.Vertices)
            {
                _attempts[vertex.Id] = attempt;
                foreach (HeldByWorker one in held)
                {
                    foreach (HeldTask task in one.Tasks.Tasks.Where(task => task.Placement.Vertex == vertex.Id))
                    {
                        TaskPlacement placement = task.Placement;
                        AllocatedSlot slot = new(placement.Slot, one.Link, one.Address);
                        if (placement.Subtask < 0 || placement.Subtask >= vertex.Parallelism
                            || (Slots[vertex.FirstSlot + placement.Subtask] is { } taken && taken != slot)
                            || !_tasks.TryAdd(new TaskId(job, vertex.Id, placement.Subtask), task))
                        {
                            return false;
                        }

                        _own[new TaskId(job, vertex.Id, placement.Subtask)] = one.Tasks.Attempt;
                        Slots[vertex.FirstSlot + placement.Subtask] = slot;
                        added++;
                    }
                }
            }

            return added == region.Vertices.Sum(vertex => vertex.Parallelism);
        }
    }
}
