-- Guests with much memory
-- parameter mib integer 4096: the least memory, in MiB
SELECT DISTINCT label, pm, vram FROM machine WHERE vram >= $mib ORDER BY vram DESC, label, pm;
