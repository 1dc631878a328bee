using QueryStream.Core.Identity;
using QueryStream.Streams.Graph;
using QueryStream.Wire.Control;

namespace QueryStream.Worker.Agent;

/// <summary>
/// The jobs that this worker has loaded for others, since it may have to take over their tasks: the graph is there, and the code that defines it is
/// compiled. Used only in turns of the agent.
/// </summary>
internal sealed class PreparedJobs
{
    private readonly Dictionary<JobId, PreparedJob> _jobs = [];

    /// <summary>Begins to prepare a job, in place of another plan of it.</summary>
    /// <returns>False if that plan is prepared already, or being prepared.</returns>
    public bool TryBegin(PrepareJob prepare)
    {
        if (_jobs.GetValueOrDefault(prepare.Job)?.Fingerprint == prepare.Plan.Fingerprint)
        {
            return false;
        }

        _jobs[prepare.Job] = new PreparedJob(prepare.Plan.Fingerprint);
        return true;
    }

    /// <summary>Whether the graph of a plan is being built.</summary>
    public bool IsBuilding(JobId job, JobPlan plan) => Find(job, plan) is { Graph: null };

    /// <summary>The graph of a plan; null if it is not there.</summary>
    public JobGraph? GraphOf(JobId job, JobPlan plan) => Find(job, plan)?.Graph;

    /// <summary>A graph is built, or building it failed. Whether it was built for this, or for a deployment, does not matter.</summary>
    /// <returns>False if a job that was being prepared could not be built.</returns>
    public bool OnBuilt(AgentMessage.GraphBuilt built)
    {
        if (Find(built.Job, built.Plan) is not { Graph: null } job)
        {
            return true;
        }

        job.Graph = built.Build.Graph;
        return built.Failure is null || !_jobs.Remove(built.Job);
    }

    public void Forget(JobId job) => _jobs.Remove(job);

    public void ForgetAll() => _jobs.Clear();

    private PreparedJob? Find(JobId job, JobPlan plan) =>
        _jobs.TryGetValue(job, out PreparedJob? prepared) && prepared.Fingerprint == plan.Fingerprint ? prepared : null;

    private sealed class PreparedJob(string fingerprint)
    {
        public string Fingerprint { get; } = fingerprint;

        // Null while it is being built.
        public JobGraph? Graph { get; set; }
    }
}
