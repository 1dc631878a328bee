using QueryStream.Core.Errors;
using QueryStream.Core.Identity;
using QueryStream.Streams.Settings;

namespace QueryStream.Streams.Graph;

/// <summary>
/// Builds the graph of a referenced job. Runs outside of actors, since it calls the job's own code, which may take its time;
/// who started it reads <see cref="Graph"/> when it has completed.
/// </summary>
/// <param name="loader">Finds the job.</param>
/// <param name="reference">Names the job.</param>
/// <param name="settings">Its settings as captured at submission.</param>
/// <param name="parallelism">Its parallelism.</param>
public sealed class JobGraphBuild(IJobLoader loader, JobReference reference, JobSettings settings, int parallelism)
{
    /// <summary>The graph; null before <see cref="RunAsync"/> has succeeded.</summary>
    public JobGraph? Graph { get; private set; }

    /// <summary>Loads the job and builds its graph. Called once.</summary>
    /// <exception cref="QueryStreamException">The job cannot be loaded, or its definition or a setting is wrong.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        IStreamJob job = await loader.LoadAsync(reference, cancellationToken).ConfigureAwait(false);
        Graph = JobGraph.Create(StreamBuilder.Build(job, settings), parallelism);
    }
}
