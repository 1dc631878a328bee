using QueryStream.Runtime.Tasks;
using QueryStream.Streams.Batches;

namespace QueryStream.Runtime.Operators;

/// <summary>An operator with one input. What its code throws is put down to its name.</summary>
/// <typeparam name="T">The rows that come.</typeparam>
/// <param name="context">The task.</param>
/// <param name="name">What people see.</param>
internal abstract class Operator<T>(TaskContext context, string name) : IInput<T>
{
    /// <summary>What people see.</summary>
    protected string Name { get; } = name;

    /// <summary>The task.</summary>
    protected TaskContext Context { get; } = context;

    public void OnBatch(Batch<T> batch)
    {
        try
        {
            Process(batch);
        }
        catch (Exception) when (Context.Blame(Name))
        {
            // Blame never catches: it only notes the name, innermost operator first.
            throw;
        }
    }

    public abstract void OnControl(in Control control);

    /// <summary>Handles a batch.</summary>
    protected abstract void Process(Batch<T> batch);
}
