namespace QueryStream.Rules.Actors // IDE0161
{
    internal sealed class Block;
}
