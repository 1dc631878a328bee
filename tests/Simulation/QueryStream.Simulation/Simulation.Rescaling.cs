using QueryStream.Coordinator;

namespace QueryStream.Simulation;

/// <summary>Asks the job to run at another parallelism. It may be refused, which must leave the job as it is.</summary>
internal sealed partial class Simulation
{
    private Task<RescaleResult>? _rescale;

    private void Rescale(int parallelism)
    {
        if (_isHealed)
        {
            return;
        }

        if (_process?.Handle is not { Status: JobStatus.Running } handle || _rescale is not null)
        {
            At(WhileDown, () => Rescale(parallelism));
            return;
        }

        _world.Trace?.Invoke($"{Now:mm:ss.fff} rescale from parallelism {handle.Parallelism} to {parallelism}");
        _rescale = handle.RescaleAsync(parallelism);
    }

    private async Task ObserveRescaleAsync()
    {
        if (_rescale is not { IsCompleted: true } rescale)
        {
            return;
        }

        _rescale = null;
        try
        {
            _report.Rescaled += (await rescale).Restarts ? 1 : 0;
        }
        catch (RescaleRefusedException e)
        {
            _report.RefusedRescales++;
            _world.Trace?.Invoke($"{Now:mm:ss.fff} refused: {e.Message}");
        }
    }
}
