-- Who leads the task right above another sees it (LEDGER-08): a row of the role `above`.
INSERT INTO task_units (bureau_id, task_id, unit_id, role, to_receive)
SELECT c.bureau_id, c.id, p.lead_id, 'above', FALSE FROM tasks AS c
JOIN tasks AS p ON p.bureau_id = c.bureau_id AND p.id = c.parent_id
WHERE c.parent_id IS NOT NULL AND p.lead_id IS NOT NULL;
