namespace System.Runtime.CompilerServices;

/// <summary>What the compiler looks for where it makes init-only properties; the framework that compilers load does not have it.</summary>
internal static class IsExternalInit
{
}
