using QueryStream.Core.Errors;

namespace QueryStream.Core.Codecs;

/// <summary>What generated code refuses at run time, since no compiler can see it.</summary>
public static class RecordGuard
{
    /// <summary>Refuses a value of a derived class, whose further members would be lost.</summary>
    /// <param name="value">The value, not null.</param>
    /// <param name="type">The class that is written.</param>
    /// <exception cref="JobDefinitionException">It is of a derived class.</exception>
    public static void RequireExact(object value, Type type)
    {
        if (value.GetType() != type)
        {
            throw new JobDefinitionException(
                $"A {value.GetType()} cannot be written as the {type} that it is derived from, since its further members would be lost: "
                + $"seal {type.Name}, or use one [StreamRecord] type with nullable members.");
        }
    }
}
