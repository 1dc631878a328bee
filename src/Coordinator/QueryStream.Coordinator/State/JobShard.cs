using System.Globalization;
using QueryStream.Core.Identity;

namespace QueryStream.Coordinator.State;

/// <summary>
/// A slot of a job: the unit in which its keyed actors are placed. It holds one subtask of every vertex of a slot sharing group, wherever the job's
/// master has put it.
/// </summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">Its number among the slots of the job, from 0.</param>
public readonly record struct JobShard(JobId Job, int Slot)
{
    /// <summary>Its name in the cluster.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Job}-{Slot}");

    /// <summary>Where the shards of all jobs are, by their slots: as the masters of the jobs have placed their tasks, as of now.</summary>
    public static IReadOnlyDictionary<JobShard, WorkerId> PlacedBy(CoordinatorNode coordinator)
    {
        Dictionary<JobShard, WorkerId> placed = [];
        foreach (JobHandle job in coordinator.Overview().Jobs)
        {
            foreach (TaskInfo task in job.Tasks)
            {
                if (task.Slot is { } slot && !Jobs.TaskLifeCycle.IsTerminal(task.State))
                {
                    placed[new JobShard(job.Id, task.JobSlot)] = slot.Worker;
                }
            }
        }

        return placed;
    }
}
