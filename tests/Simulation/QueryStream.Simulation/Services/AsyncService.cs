using QueryStream.Core;

namespace QueryStream.Simulation.Services;

/// <summary>An external system that asynchronous operators ask. Answers come in any order, and some only at the second attempt.</summary>
/// <param name="time">The process's clock.</param>
/// <param name="random">Draws delays and failures.</param>
internal sealed class AsyncService(ProcessTime time, SeededRandom random)
{
    private const int MaxDelay = 1_500;

    /// <summary>The answer to a question.</summary>
    public static long AnswerTo(long question) => (question * 31) % 1_009;

    public async Task<long> AskAsync(long question, CancellationToken cancellationToken)
    {
        bool fails = random.Next(20) == 0;
        await Delays.AfterAsync(time, TimeSpan.FromTicks(random.Next(MaxDelay) * TimeSpan.TicksPerMillisecond)).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return fails ? throw new IOException("The simulated service did not answer.") : AnswerTo(question);
    }
}
