using QueryStream.Runtime.Tasks;

namespace QueryStream.Runtime.Operators;

/// <summary>Work that takes more than one turn. The task takes no input until it is done.</summary>
internal interface IResumable
{
    /// <summary>The operator whose work it is.</summary>
    IAttributable Operator { get; }

    /// <summary>The operator's place in the chain, see <see cref="DeferredWork.NextPlace"/>.</summary>
    int Place { get; }

    /// <summary>Does about a batch of work. Called while no output is over its limit.</summary>
    /// <returns>Whether it is done.</returns>
    bool Resume();
}
