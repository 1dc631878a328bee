namespace System.Runtime.CompilerServices;

/// <summary>Required by the compiler for init-only properties, and missing in netstandard2.0.</summary>
internal static class IsExternalInit
{
}
