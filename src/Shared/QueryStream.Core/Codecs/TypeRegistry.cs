using System.Collections.Concurrent;
using System.Reflection;

namespace QueryStream.Core.Codecs;

/// <summary>
/// Finds the class for a type: the codec, the key type, the JSON format. It is built in, or registered by an attribute of the type's assembly. An
/// open generic class gets the parts of the type as type arguments: its own type arguments, the element of an array, or an enum itself. Uses
/// reflection, once for each type. Safe on any thread.
/// </summary>
/// <param name="builtIn">The built-in classes, by type or open generic type.</param>
/// <param name="enums">The open generic class for enums.</param>
/// <param name="arrays">The open generic class for arrays of one dimension; null: arrays are not supported.</param>
/// <param name="registered">Returns the types and classes that the attributes of an assembly register.</param>
public sealed class TypeRegistry(
    IReadOnlyDictionary<Type, Type> builtIn, Type enums, Type? arrays, Func<Assembly, IEnumerable<(Type Type, Type Class)>> registered)
{
    // Reading the attributes of an assembly is slow, and each build of a job's graph looks up all its rows. Types are never unloaded.
    private readonly ConcurrentDictionary<Type, Type?> _registered = new();

    /// <summary>Finds the class for a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="unsupported">If there is no class: the type itself, or its part without one.</param>
    /// <returns>The class, with a constructor without parameters; null if there is none.</returns>
    public Type? Find(Type type, out Type unsupported)
    {
        unsupported = type;
        Type? found = ClassOf(type);
        if (found is not { IsGenericTypeDefinition: true })
        {
            return found;
        }

        Type[] parts = type.IsSZArray ? [type.GetElementType()!] : type.IsEnum ? [type] : type.GetGenericArguments();
        foreach (Type part in parts)
        {
            if (part != type && Find(part, out unsupported) is null)
            {
                return null;
            }
        }

        unsupported = type;
        return found.MakeGenericType(parts);
    }

    private Type? Registered(Type open) => registered(open.Assembly).FirstOrDefault(entry => entry.Type == open).Class;

    private Type? ClassOf(Type type)
    {
        Type open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return builtIn.TryGetValue(open, out Type? found) ? found
            : type.IsEnum ? enums
            : type.IsSZArray && arrays is not null ? arrays
            : _registered.GetOrAdd(open, Registered);
    }
}
