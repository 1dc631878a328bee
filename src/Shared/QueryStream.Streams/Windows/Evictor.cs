namespace QueryStream.Streams.Windows;

/// <summary>
/// Removes rows from a window when it fires, before or after the result. Stateless: one instance per subtask serves many keys and windows. Windows
/// with an evictor keep their rows. Called on its task's thread.
/// </summary>
/// <typeparam name="T">The rows.</typeparam>
public abstract class Evictor<T>
{
    /// <summary>Called before the result, which is computed from the rows that remain.</summary>
    public virtual void Before(WindowRows<T> rows, Window window)
    {
    }

    /// <summary>Called after the result.</summary>
    public virtual void After(WindowRows<T> rows, Window window)
    {
    }
}
